"""Checks of what the wrapper assumes of ``openapi.yaml``, beyond the names and types in ``codegen/surface.yaml``.

Each check yields a finding for each assumption that is wrong, which is accepted there, like a fact that is gone.
Wording, examples and order do not matter. The wrapper is not imported, since it may be unable to import what a new
package no longer has; ``tests/contract/test_spec.py`` compares.
"""

import re
from collections.abc import Iterator

from codegen.document.reading import Node
from codegen.package.writing import Package

# The operation that the methods of the clients send, and the class of its session.
LOOKUP, SESSION = "GET /v1/chat/session/active", "ChatV1Session"
# The length of the token, and the codes that have a class of error, by status.
TOKEN_LENGTH, CODES = 16, {"404": {"session_not_found"}}


# A place in the document, what is wrong there, and the file that relies on it.
Finding = tuple[str, str, str]


def lookup(package: Package) -> Node:
    """Return that operation; an empty one if it is gone, which ``codegen/surface.yaml`` finds."""
    found: Node = package.document["operations"].get(LOOKUP, {"parameters": [], "responses": {}})
    return found


def security(package: Package) -> Iterator[Finding]:
    """Each operation needs only the token, in the header; one without a method of its own may also need nothing."""
    document, ours = package.document, f"apiKey in header {package.token_header.lower()}"
    schemes: Node = {
        name: f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"
        for name, scheme in document["components"]["securitySchemes"].items()
    }
    for name, operation in document["operations"].items():
        alternatives = operation.get("security", document.get("security")) or [{}]
        found = [" and ".join(schemes.get(one, one) for one in each) or "nothing" for each in alternatives]
        if ours not in found and (name == LOOKUP or "nothing" not in found):
            what = f"{' or '.join(found)}, where {ours} alone is sent"
            yield f"{name} security", what, "wrapper/osvi/_core/token.py"


def token_length(package: Package) -> Iterator[Finding]:
    """The token has the length of which any other gives a warning."""
    schemes = package.document["components"]["securitySchemes"]
    for length in re.findall(r"(\d+)[\s-]*char", str(schemes)):
        if int(length) != TOKEN_LENGTH:
            what = f"a token of {length} characters, not {TOKEN_LENGTH}"
            yield "components.securitySchemes", what, "wrapper/osvi/_core/token.py"


def parameters(package: Package) -> Iterator[Finding]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    ours = [node for node in lookup(package)["parameters"] if node["name"] in {"customer_id", "agent_uuid"}]
    in_query = {node["name"] for node in ours if node["in"] == "query"}
    for parameter in ours:
        place = f"{LOOKUP} parameters.{parameter['name']}"
        if parameter["name"] not in in_query:
            what = f"in {parameter['in']}, not in the query"
            yield place, what, "wrapper/osvi/_sandbox/active_sessions.py"
        if "default" in parameter["schema"]:
            what = "a default, which the API uses without the argument"
            yield place, what, "wrapper/osvi/_core/active_sessions.py"


def codes(package: Package) -> Iterator[Finding]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    properties = {member.spec_name for member in package.members.get(SESSION, ())}
    for status, known in CODES.items():
        description = str(lookup(package)["responses"].get(status, {}).get("description"))
        found = {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", description)} - {*properties, "agent_uuid", "customer_id"}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py"


def answers(package: Package) -> Iterator[Finding]:
    """Each good answer has ``success`` and ``data``, and ``data`` is one session or a map of them, and never null."""
    place, file = f"{LOOKUP} responses", "wrapper/osvi/_core/active_sessions.py"
    found = [one for function in package.functions if function.place == LOOKUP for one in function.answers.values()]
    for answer in found:
        value = answer.value
        if value is answer.body:
            yield place, "no success and data in it", "wrapper/osvi/_core/answers.py"
        elif value.is_nullable:
            yield f"{place}.data", "may be null, which is refused", file
        elif {part.type for part in value.parts} != {SESSION, f"Mapping[str, {SESSION}]"}:
            yield f"{place}.data", "no longer one session or a map of them", file


def findings(package: Package) -> dict[str, str]:
    """Return what all checks find, by the places."""
    found: dict[str, list[str]] = {}
    for check in (security, token_length, parameters, codes, answers):
        for place, what, file in check(package):
            found.setdefault(place, []).append(f"{what}; see {file}")
    return {place: " and ".join(texts) for place, texts in sorted(found.items())}
