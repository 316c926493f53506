"""Checks of what the wrapper assumes of ``openapi.yaml``, beyond ``codegen/surface.yaml``.

Each check yields a finding for each assumption that is wrong. Wording, examples and order do not matter. The wrapper is
not imported, since it may be unable to import what a new package no longer has; ``tests/contract/test_spec.py``
compares.
"""

import re
from collections.abc import Iterator

from codegen.document.normal.document import operations
from codegen.document.reading import Node
from codegen.package.writing import Package
from codegen.promises import surface

# The operation that the methods of the clients send, and the class of its session.
LOOKUP, SESSION = "GET /v1/chat/session/active", "ChatV1Session"
# The length of the token, and the codes that have a class of error, by status.
TOKEN_LENGTH, CODES = 16, {"404": {"session_not_found"}}


def finding(place: str, what: str, file: str) -> str:
    """Return a sentence: the place in the document, what is wrong there, and the file that relies on it."""
    return f"openapi.yaml {place}: {what}; see {file}"


def lookup(package: Package) -> Node:
    """Return that operation; an empty one if it is gone, which ``codegen/surface.yaml`` finds."""
    found = (node for path, method, node in operations(package.document) if f"{method.upper()} {path}" == LOOKUP)
    return next(found, {"parameters": [], "responses": {}})


def security(package: Package) -> Iterator[str]:
    """Each operation needs only the token, in the header; one without a method of its own may also need nothing."""
    document, ours = package.document, f"apiKey in header {package.token_header.lower()}"
    schemes = document["components"]["securitySchemes"]

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


def token_length(package: Package) -> Iterator[str]:
    """The token has the length of which any other gives a warning."""
    for name, scheme in package.document["components"]["securitySchemes"].items():
        for length in re.findall(r"(\d+)[\s-]*char", str(scheme.get("description"))):
            if int(length) != TOKEN_LENGTH:
                place, what = (
                    f"components.securitySchemes.{name}.description",
                    f"{length} characters, not {TOKEN_LENGTH}",
                )
                yield finding(place, f"a token of {what}", "wrapper/osvi/_core/token.py")


def parameters(package: Package) -> Iterator[str]:
    """The customer and the agent are in the query, and have no default: no agent stands for all agents."""
    nodes = lookup(package)["parameters"]
    in_query = {node["name"] for node in nodes if node["in"] == "query"}
    for parameter in nodes:
        place = f"{LOOKUP} parameters.{parameter['name']}"
        if parameter["name"] in {"customer_id", "agent_uuid"} - in_query:
            what = f"in {parameter['in']}, not in the query"
            yield finding(place, what, "wrapper/osvi/_sandbox/active_sessions.py")
        if "default" in parameter["schema"]:
            what = "a default, which the API uses without the argument"
            yield finding(place, what, "wrapper/osvi/_core/active_sessions.py")


def codes(package: Package) -> Iterator[str]:
    """The codes that have a class of error are those in the description of their status, if that names any."""
    properties = {member.spec_name for member in package.members.get(SESSION, ())}
    for status, known in CODES.items():
        answer = lookup(package)["responses"].get(status, {})
        words = {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(answer.get("description")))}
        found = words - {*properties, "agent_uuid", "customer_id"}
        if found and found != known:
            what = f"the codes {', '.join(sorted(found))}, but the classes are for {', '.join(sorted(known))}"
            yield finding(f"{LOOKUP} responses.{status}.description", what, "wrapper/osvi/errors.py")


def answers(package: Package) -> Iterator[str]:
    """Each good answer has ``success`` and ``data``, and ``data`` is one session or a map of them, and never null."""
    tree = surface.offered(package)
    place, file = f"{LOOKUP} responses", "wrapper/osvi/_core/active_sessions.py"
    for operation in tree["operations"].values():
        if operation["sends"] != LOOKUP:
            continue
        choice = tree["classes"].get(surface.text(operation["returns"]), {})
        types = {surface.text(type_) for type_ in choice.get("methods", {}).values()}
        session = min(types, key=len, default="")
        if "whole" not in operation:
            yield finding(place, "no success and data in it", "wrapper/osvi/_core/answers.py")
        elif "never None" not in operation:
            yield finding(f"{place}.data", "may be null, which is refused", file)
        elif types != {session, f"Mapping[str, {session}]"}:
            yield finding(f"{place}.data", "no longer one session or a map of them", file)


CHECKS = (security, token_length, parameters, codes, answers)


def findings(package: Package) -> list[str]:
    """Return the findings of all checks."""
    return [found for check in CHECKS for found in check(package)]
