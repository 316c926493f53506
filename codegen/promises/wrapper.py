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
from osvi.errors import CODES
from osvi_openapi.spec import TOKEN_HEADER

from codegen.document.forms import Forms
from codegen.document.normal import normal
from codegen.document.normal.document import operations, schema_in
from codegen.document.normal.nodes import Node, is_nullable
from codegen.document.reading import load

Check = Callable[[Node], Iterator[str]]

# The operation that the methods of the clients send.
LOOKUP = one_session("customer", "agent").name


def finding(place: str, what: str, file: str) -> str:
    """Return a sentence: the place in the document, what is wrong there, and the file that relies on it."""
    return f"openapi.yaml {place}: {what}; see {file}"


def lookup(document: Node) -> Node:
    """Return that operation; an empty object if it is gone, which ``codegen/surface.txt`` finds."""
    found = (node for path, method, node in operations(document) if f"{method.upper()} {path}" == LOOKUP)
    return next(found, {"parameters": [], "responses": {}})


def security(document: Node) -> Iterator[str]:
    """Each operation needs only the token, in the header; one without a method of its own may also need nothing."""
    schemes = document["components"]["securitySchemes"]
    ours = f"apiKey in header {TOKEN_HEADER.lower()}"

    def described(name: str) -> str:
        scheme = schemes.get(name, {})
        return f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"

    for path, method, operation in operations(document):
        name = f"{method.upper()} {path}"
        alternatives = operation.get("security", document.get("security")) or [{}]
        taken = [" and ".join(map(described, one)) for one in alternatives]
        if ours not in taken and (name == LOOKUP or "" not in taken):
            found = " or ".join(one or "nothing" for one in taken)
            yield finding(f"{name} security", f"{found}, where {ours} alone is sent", "wrapper/osvi/_core/token.py")


def token_length(document: Node) -> Iterator[str]:
    """The token has the length of which any other gives a warning."""
    for name, scheme in document["components"]["securitySchemes"].items():
        for length in re.findall(r"(\d+)[\s-]*char", str(scheme.get("description"))):
            if int(length) != LENGTH:
                place = f"components.securitySchemes.{name}.description"
                yield finding(place, f"a token of {length} characters, not {LENGTH}", "wrapper/osvi/_core/token.py")


def servers(document: Node) -> Iterator[str]:
    """No path has a server of its own: the client would send the token to another one."""
    for path, item in document["paths"].items():
        if item.get("servers"):
            what = "a server of its own, which the client does not use"
            yield finding(f"{path} servers", what, "codegen/not_served.yaml")


def lookup_parameters(document: Node) -> Iterator[str]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    parameters = lookup(document)["parameters"]
    in_query = {one["name"] for one in parameters if one["in"] == "query"}
    for one in parameters:
        place = f"{LOOKUP} parameters.{one['name']}"
        if one["name"] in {"customer_id", "agent_uuid"} - in_query:
            yield finding(place, f"in {one['in']}, not in the query", "wrapper/osvi/_sandbox/active_sessions.py")
        if "default" in one["schema"]:
            yield finding(
                place, "a default, which the API uses without the argument", "wrapper/osvi/_core/active_sessions.py"
            )


def codes(document: Node) -> Iterator[str]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    for status in {str(status) for status, _ in CODES}:
        answer = lookup(document)["responses"].get(status, {})
        words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(answer.get("description"))))
        found = words - {*SESSION.table.properties, "agent_uuid", "customer_id"}
        known = {code for other, code in CODES if str(other) == status}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield finding(f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py")


def bodies(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield the statuses of the good answers, and the properties of their bodies."""
    forms = Forms(document)
    for status, node in lookup(document)["responses"].items():
        if status.startswith("2"):
            yield status, forms.resolved(schema_in(node) or {}).get("properties", {})


def envelope(document: Node) -> Iterator[str]:
    """Each good answer has ``success`` and ``data``."""
    for status, properties in bodies(document):
        if not {"success", "data"} <= properties.keys():
            yield finding(f"{LOOKUP} responses.{status}", "no success and data in it", "wrapper/osvi/_core/answers.py")


def shapes(document: Node) -> Iterator[str]:
    """``data`` is one session or a map of sessions, and never null."""
    forms = Forms(document)
    for status, properties in bodies(document):
        place, file = f"{LOOKUP} responses.{status}.data", "wrapper/osvi/_core/active_sessions.py"
        data = properties.get("data", {})
        branches = data.get("anyOf") or [data]
        records = [forms.resolved(one) for one in branches if forms.of(one) == "record"]
        values = [forms.resolved(one).get("additionalProperties") for one in branches if forms.of(one) == "map"]
        maps = [forms.resolved(one) for one in values if isinstance(one, dict)]
        if is_nullable(data):
            yield finding(place, "may be null, which is refused", file)
        elif data and ((len(branches), len(records), len(maps)) != (2, 1, 1) or "properties" not in maps[0]):
            yield finding(place, "no longer one session or a map of them", file)
        elif data and maps != records:
            yield finding(place, "the map holds another kind of record than the single session", file)


def sandbox(document: Node) -> Iterator[str]:
    """The sandbox can make an answer of that operation from the spec."""
    if LOOKUP in (known := SpecOperations(document).operations):
        sessions = ActiveSessions(known[LOOKUP])
        sessions.reply({"customer_id": sessions.customer_id})
    yield from ()


CHECKS: tuple[Check, ...] = (security, token_length, lookup_parameters, codes, envelope, shapes, sandbox)


def findings(spec: Node, among: tuple[Check, ...] = CHECKS) -> list[str]:
    """Return the findings of the checks. An exception in a check is a finding too."""
    document, found = normal(spec).document, [*servers(spec)]
    for check in among:
        try:
            found += check(document)
        except Exception as error:  # noqa: BLE001
            what = f"{check.__name__} cannot be checked: {error!r}"
            found.append(finding(LOOKUP, what, "codegen/promises/wrapper.py"))
    return found


if __name__ == "__main__":
    for line in findings(load(Path(sys.argv[1]))):
        print(line)
