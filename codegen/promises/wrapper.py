"""Checks of what the wrapper assumes of ``openapi.yaml``, beyond ``codegen/surface.txt``.

Each check yields a finding for each assumption that is wrong. Wording, examples and order do not matter.
``python -m codegen.promises.wrapper DOCUMENT`` prints the findings, a line for each.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from osvi._core.active_sessions import SESSION, one_session
from osvi._core.token import LENGTH
from osvi._sandbox.active_sessions import ActiveSessions
from osvi._sandbox.operations import Spec
from osvi._sandbox.schemas import Schemas, types_of
from osvi.errors import CODES
from osvi_openapi.spec import TOKEN_HEADER

from codegen.document.reading import Node, json_schema, load, operations, resolve, security_schemes

# The operation that the methods of the clients send.
LOOKUP = one_session("customer", "agent").name


def finding(place: str, what: str, file: str) -> str:
    """Return a sentence: the place in the document, what is wrong there, and the file that relies on it."""
    return f"openapi.yaml {place}: {what}; see {file}"


def lookup(spec: Node) -> Node:
    """Return that operation; an empty object if it is gone, which ``codegen/surface.txt`` finds."""
    return next((operation for name, *_, operation in operations(spec) if name == LOOKUP), {})


def security(spec: Node) -> Iterator[str]:
    """Each operation needs only the token, in the header; one without a method of its own may also need nothing."""
    schemes = security_schemes(spec)
    ours = f"apiKey in header {TOKEN_HEADER.lower()}"

    def described(name: str) -> str:
        scheme = schemes.get(name, {})
        return f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"

    for name, _, _, operation in operations(spec):
        alternatives = operation.get("security", spec.get("security")) or [{}]
        taken = [" and ".join(map(described, alternative)) for alternative in alternatives]
        if ours not in taken and (name == LOOKUP or "" not in taken):
            found = " or ".join(alternative or "nothing" for alternative in taken)
            yield finding(f"{name} security", f"{found}, where {ours} alone is sent", "wrapper/osvi/_core/token.py")


def token_length(spec: Node) -> Iterator[str]:
    """The token has the length of which any other gives a warning."""
    for name, scheme in security_schemes(spec).items():
        for length in re.findall(r"(\d+)[\s-]*char", str(scheme.get("description"))):
            if int(length) != LENGTH:
                place = f"components.securitySchemes.{name}.description"
                yield finding(place, f"a token of {length} characters, not {LENGTH}", "wrapper/osvi/_core/token.py")


def servers(spec: Node) -> Iterator[str]:
    """No path has a server of its own: the client would send the token to another one."""
    for name, path, *_ in operations(spec):
        if spec["paths"][path].get("servers"):
            what = "a server of its own, which the client does not use"
            yield finding(f"{name} servers", what, "codegen/not_served.yaml")


def parameters(spec: Node) -> Iterator[str]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    item = spec["paths"].get(LOOKUP.partition(" ")[2], {})
    nodes = [*item.get("parameters", []), *lookup(spec).get("parameters", [])]
    for parameter in (resolve(spec, node) for node in nodes):
        name, place = parameter["name"], f"{LOOKUP} parameters.{parameter['name']}"
        if name in {"customer_id", "agent_uuid"} and parameter["in"] != "query":
            what = f"in {parameter['in']}, not in the query"
            yield finding(place, what, "wrapper/osvi/_sandbox/active_sessions.py")
        if "default" in resolve(spec, parameter.get("schema")):
            what = "a default, which the API uses without the argument"
            yield finding(place, what, "wrapper/osvi/_core/active_sessions.py")


def codes(spec: Node) -> Iterator[str]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    for status in {str(status) for status, _ in CODES}:
        answer = resolve(spec, lookup(spec).get("responses", {}).get(status))
        words = {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(answer.get("description")))}
        found = words - {*SESSION.table.properties, "agent_uuid", "customer_id"}
        known = {code for other, code in CODES if str(other) == status}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield finding(f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py")


def answers(spec: Node) -> Iterator[str]:
    """Each good answer has ``success`` and ``data``, and ``data`` is one session or a map of them, and never null."""
    schemas, file = Schemas(spec), "wrapper/osvi/_core/active_sessions.py"
    for status, node in lookup(spec).get("responses", {}).items():
        place = f"{LOOKUP} responses.{status}"
        properties = schemas.resolve(json_schema(spec, node)).get("properties", {})
        if not status.startswith("2"):
            continue
        if not {"success", "data"} <= properties.keys():
            yield finding(place, "no success and data in it", "wrapper/osvi/_core/answers.py")
            continue
        data = schemas.resolve(properties["data"])
        branches = [schemas.resolve(branch) for branch in data.get("oneOf") or data.get("anyOf") or [data]]
        records = [branch for branch in branches if "properties" in branch]
        others = [schemas.resolve(branch.get("additionalProperties")) for branch in branches if branch not in records]
        if any(schema.get("nullable") is True or "null" in types_of(schema) for schema in (data, *branches)):
            yield finding(f"{place}.data", "may be null, which is refused", file)
        elif len(records) != 1 or len(others) != 1 or "properties" not in others[0]:
            yield finding(f"{place}.data", "no longer one session or a map of them", file)
        elif others != records:
            yield finding(f"{place}.data", "the map holds another kind of record than the single session", file)


def sandbox(spec: Node) -> Iterator[str]:
    """The sandbox can make an answer of that operation from the spec."""
    if lookup(spec):
        sessions = ActiveSessions(Spec(spec).operations[LOOKUP])
        sessions.reply({"customer_id": sessions.customer_id})
    yield from ()


CHECKS = (security, token_length, servers, parameters, codes, answers, sandbox)


def findings(spec: Node) -> list[str]:
    """Return the findings of all checks. An exception in a check is a finding too."""
    found: list[str] = []
    for check in CHECKS:
        try:
            found += check(spec)
        except Exception as error:  # noqa: BLE001
            what = f"{check.__name__} cannot be checked: {error!r}"
            found.append(finding(LOOKUP, what, "codegen/promises/wrapper.py"))
    return found


if __name__ == "__main__":
    for line in findings(load(Path(sys.argv[1]))):
        print(line)
