"""Checks of what the wrapper assumes of ``openapi.yaml``, beyond ``codegen/surface.txt``.

Each check yields a finding for each assumption that is wrong. Wording, examples and order do not matter.
``python -m codegen.promises.wrapper DOCUMENT`` prints the findings, a line for each.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from osvi._core.active_sessions import one_session, session_reader
from osvi._core.token import LENGTH
from osvi._sandbox.active_sessions import ActiveSessions
from osvi._sandbox.operations import Router
from osvi.errors import CODES
from osvi_openapi.spec import TOKEN_HEADER

from codegen.document.forms import Forms
from codegen.document.normal import normal
from codegen.document.normal.document import operations, schema_in
from codegen.document.normal.nodes import is_nullable
from codegen.document.reading import Node, load

# The operation that the methods of the clients send.
LOOKUP = one_session("customer", "agent").name


def finding(place: str, what: str, file: str) -> str:
    """Return a sentence: the place in the document, what is wrong there, and the file that relies on it."""
    return f"openapi.yaml {place}: {what}; see {file}"


def lookup(document: Node) -> Node:
    """Return that operation; an empty one if it is gone, which ``codegen/surface.txt`` finds."""
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
        taken = [" and ".join(map(described, alternative)) for alternative in alternatives]
        if ours not in taken and (name == LOOKUP or "" not in taken):
            found = " or ".join(alternative or "nothing" for alternative in taken)
            yield finding(f"{name} security", f"{found}, where {ours} alone is sent", "wrapper/osvi/_core/token.py")


def token_length(document: Node) -> Iterator[str]:
    """The token has the length of which any other gives a warning."""
    for name, scheme in document["components"]["securitySchemes"].items():
        for length in re.findall(r"(\d+)[\s-]*char", str(scheme.get("description"))):
            if int(length) != LENGTH:
                place = f"components.securitySchemes.{name}.description"
                yield finding(place, f"a token of {length} characters, not {LENGTH}", "wrapper/osvi/_core/token.py")


def parameters(document: Node) -> Iterator[str]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    nodes = lookup(document)["parameters"]
    in_query = {node["name"] for node in nodes if node["in"] == "query"}
    for parameter in nodes:
        place = f"{LOOKUP} parameters.{parameter['name']}"
        if parameter["name"] in {"customer_id", "agent_uuid"} - in_query:
            what = f"in {parameter['in']}, not in the query"
            yield finding(place, what, "wrapper/osvi/_sandbox/active_sessions.py")
        if "default" in parameter["schema"]:
            what = "a default, which the API uses without the argument"
            yield finding(place, what, "wrapper/osvi/_core/active_sessions.py")


def codes(document: Node) -> Iterator[str]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    for status in {str(status) for status, _ in CODES}:
        answer = lookup(document)["responses"].get(status, {})
        words = {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(answer.get("description")))}
        found = words - {*session_reader().table.properties, "agent_uuid", "customer_id"}
        known = {code for other, code in CODES if str(other) == status}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield finding(f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py")


def answers(document: Node) -> Iterator[str]:
    """Each good answer has ``success`` and ``data``, and ``data`` is one session or a map of them, and never null."""
    forms, file = Forms(document), "wrapper/osvi/_core/active_sessions.py"
    for status, node in lookup(document)["responses"].items():
        place = f"{LOOKUP} responses.{status}"
        properties = forms.resolved(schema_in(node) or {}).get("properties", {})
        if not status.startswith("2"):
            continue
        if not {"success", "data"} <= properties.keys():
            yield finding(place, "no success and data in it", "wrapper/osvi/_core/answers.py")
            continue
        branches = [forms.resolved(branch) for branch in properties["data"].get("anyOf", [properties["data"]])]
        records = [branch for branch in branches if "properties" in branch]
        others = [
            forms.resolved(branch.get("additionalProperties") or {}) for branch in branches if branch not in records
        ]
        if is_nullable(properties["data"]):
            yield finding(f"{place}.data", "may be null, which is refused", file)
        elif len(records) != 1 or len(others) != 1 or "properties" not in others[0]:
            yield finding(f"{place}.data", "no longer one session or a map of them", file)
        elif others != records:
            yield finding(f"{place}.data", "the map holds another kind of record than the single session", file)


def sandbox(document: Node) -> Iterator[str]:
    """The sandbox can make an answer of that operation from the spec."""
    if LOOKUP in (known := Router(document).operations):
        sessions = ActiveSessions(known[LOOKUP])
        sessions.reply({"customer_id": sessions.customer_id})
    yield from ()


CHECKS = (security, token_length, parameters, codes, answers, sandbox)


def findings(spec: Node) -> list[str]:
    """Return the findings of all checks. An exception in a check is a finding too."""
    document = normal(spec).document
    found: list[str] = []
    for check in CHECKS:
        try:
            found += check(document)
        except Exception as error:  # noqa: BLE001
            what = f"{check.__name__} cannot be checked: {error!r}"
            found.append(finding(LOOKUP, what, "codegen/promises/wrapper.py"))
    return found


if __name__ == "__main__":
    for line in findings(load(Path(sys.argv[1]))):
        print(line)
