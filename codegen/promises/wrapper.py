"""Checks of what the wrapper assumes of ``openapi.yaml``, beyond ``codegen/surface.txt``.

Each check yields a finding for each assumption that is wrong. Wording, examples and order do not matter.
``python -m codegen.promises.wrapper DOCUMENT`` prints the findings, a line for each.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from osvi._core.active_sessions import SESSION, one_session
from osvi._core.token import LENGTH
from osvi._sandbox.active_sessions import ActiveSessions
from osvi._sandbox.operations import Spec as SpecOperations
from osvi._sandbox.schemas import Schemas
from osvi.errors import CODES
from osvi_openapi.spec import TOKEN_HEADER

from codegen.document.reading import Spec, json_schema, load, operations, resolve

Check = Callable[[Spec], Iterator[str]]

# The operation that the methods of the clients send.
LOOKUP = one_session("customer", "agent").name


def finding(place: str, what: str, file: str) -> str:
    """Return a sentence: the place in the document, what is wrong there, and the file that relies on it."""
    return f"openapi.yaml {place}: {what}; see {file}"


def the_lookup(spec: Spec) -> Spec:
    """Return that operation; an empty object if it is gone, which ``codegen/surface.txt`` finds."""
    return next((one for name, *_, one in operations(spec) if name == LOOKUP), {})


def security(spec: Spec) -> Iterator[str]:
    """Each operation needs only the token, in the header; one without a method of its own may also need nothing."""
    schemes = (spec.get("components") or {}).get("securitySchemes") or {}
    ours = f"apiKey in header {TOKEN_HEADER.lower()}"

    def described(name: str) -> str:
        scheme = resolve(spec, schemes.get(name)) or {}
        return f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"

    for name, _, _, operation in operations(spec):
        alternatives = operation.get("security", spec.get("security")) or [{}]
        taken = [" and ".join(map(described, one)) for one in alternatives]
        if ours not in taken and (name == LOOKUP or "" not in taken):
            found = " or ".join(one or "nothing" for one in taken)
            yield finding(f"{name} security", f"{found}, where {ours} alone is sent", "wrapper/osvi/_core/token.py")


def token_length(spec: Spec) -> Iterator[str]:
    """The token has the length of which any other gives a warning."""
    for name, scheme in ((spec.get("components") or {}).get("securitySchemes") or {}).items():
        for length in re.findall(r"(\d+)[\s-]*char", str((resolve(spec, scheme) or {}).get("description"))):
            if int(length) != LENGTH:
                place = f"components.securitySchemes.{name}.description"
                yield finding(place, f"a token of {length} characters, not {LENGTH}", "wrapper/osvi/_core/token.py")


def servers(spec: Spec) -> Iterator[str]:
    """No operation has a server of its own: the client would send the token to another one."""
    for name, path, _, operation in operations(spec):
        if operation.get("servers") or spec["paths"][path].get("servers"):
            yield finding(
                f"{name} servers", "a server of its own, which the client does not use", "codegen/not_served.yaml"
            )


def lookup_parameters(spec: Spec) -> Iterator[str]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    operation = the_lookup(spec)
    path = LOOKUP.partition(" ")[2]
    nodes = [*spec["paths"].get(path, {}).get("parameters", []), *operation.get("parameters", [])]
    for one in (resolve(spec, node) for node in nodes):
        place = f"{LOOKUP} parameters.{one['name']}"
        if one["name"] in {"customer_id", "agent_uuid"} and one["in"] != "query":
            yield finding(place, f"in {one['in']}, not in the query", "wrapper/osvi/_sandbox/active_sessions.py")
        if "default" in (resolve(spec, one.get("schema")) or {}):
            yield finding(
                place, "a default, which the API uses without the argument", "wrapper/osvi/_core/active_sessions.py"
            )


def codes(spec: Spec) -> Iterator[str]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    for status in {str(status) for status, _ in CODES}:
        answer = resolve(spec, the_lookup(spec).get("responses", {}).get(status)) or {}
        words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(answer.get("description"))))
        found = words - {*SESSION.table.properties, "agent_uuid", "customer_id"}
        known = {code for other, code in CODES if str(other) == status}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield finding(f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py")


def envelope(spec: Spec) -> Iterator[str]:
    """Each good answer has ``success`` and ``data``."""
    schemas = Schemas(spec)
    for status, node in the_lookup(spec).get("responses", {}).items():
        place = f"{LOOKUP} responses.{status}"
        properties = schemas.resolve(json_schema(spec, node)).get("properties", {})
        if status.startswith("2") and not {"success", "data"} <= properties.keys():
            yield finding(place, "no success and data in it", "wrapper/osvi/_core/answers.py")


def shapes(spec: Spec) -> Iterator[str]:
    """``data`` is one session or a map of sessions, and never null."""
    schemas = Schemas(spec)
    for status, node in the_lookup(spec).get("responses", {}).items():
        data = schemas.resolve(json_schema(spec, node)).get("properties", {}).get("data")
        if not status.startswith("2") or data is None:
            continue
        branches = schemas.resolve(data).get("oneOf") or schemas.resolve(data).get("anyOf") or [data]
        resolved = [schemas.resolve(one) for one in branches]
        maps = [schemas.resolve(one.get("additionalProperties")) for one in resolved if "properties" not in one]
        records = [one for one in resolved if "properties" in one]
        place, file = f"{LOOKUP} responses.{status}.data", "wrapper/osvi/_core/active_sessions.py"
        if any(_is_nullable(one) for one in (schemas.resolve(data), *resolved)):
            yield finding(place, "may be null, which is refused", file)
        elif len(maps) != 1 or len(records) != 1 or "properties" not in maps[0]:
            yield finding(place, "no longer one session or a map of them", file)
        elif maps != records:
            yield finding(place, "the map holds another kind of record than the single session", file)


def sandbox(spec: Spec) -> Iterator[str]:
    """The sandbox can make an answer of that operation from the spec."""
    if the_lookup(spec):
        sessions = ActiveSessions(SpecOperations(spec).operations[LOOKUP])
        sessions.reply({"customer_id": sessions.customer_id})
    yield from ()


def _is_nullable(schema: Spec) -> bool:
    types = schema.get("type")
    return schema.get("nullable") is True or types == "null" or (isinstance(types, list) and "null" in types)


CHECKS: tuple[Check, ...] = (
    security,
    token_length,
    servers,
    lookup_parameters,
    codes,
    envelope,
    shapes,
    sandbox,
)


def findings(spec: Spec, among: tuple[Check, ...] = CHECKS) -> list[str]:
    """Return the findings of the checks. An exception in a check is a finding too."""
    found: list[str] = []
    for check in among:
        try:
            found += check(spec)
        except Exception as error:  # noqa: BLE001
            what = f"{check.__name__} cannot be checked: {error!r}"
            found.append(finding(LOOKUP, what, "codegen/promises/wrapper.py"))
    return found


if __name__ == "__main__":
    for line in findings(load(Path(sys.argv[1]))):
        print(line)
