"""Which operations of a document in normal form cannot be served, and how the parameters of the others are sent."""

import json
import re
from collections.abc import Iterator

from attrs import frozen

from codegen.document.forms import Forms
from codegen.document.normal.document import Normal, json_type, operations, schemas_of
from codegen.document.normal.nodes import COMPONENTS, Node, below, used

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
STATUS = re.compile(r"[1-5]([0-9][0-9]|XX)|default")
# OpenAPI ignores header parameters with these names.
IGNORED_HEADERS = {"accept", "authorization", "content-type"}
SCALARS = {"string", "number", "boolean"}
# How an array is sent, by the location and the style of the parameter, and by whether it is exploded.
ARRAYS = {
    ("path", "simple"): ("comma", "comma"),
    ("header", "simple"): ("comma", "comma"),
    ("query", "form"): ("comma", "repeated"),
    ("query", "spaceDelimited"): ("space", "repeated"),
    ("query", "pipeDelimited"): ("pipe", "repeated"),
}
# The same for an object.
OBJECTS = {("query", "form"): ("", "properties"), ("query", "deepObject"): ("brackets", "brackets")}
STYLES = {"path": "simple", "query": "form", "header": "simple"}


@frozen
class Unserved:
    """An operation that cannot be served, such as "POST /v1/uploads", and why."""

    operation: str
    reason: str

    @property
    def line(self) -> str:
        """The line for ``not_served.yaml``."""
        return f"{json.dumps(self.operation)}: {json.dumps(self.reason)}"


def unserved(made: Normal) -> list[Unserved]:
    """Return the operations that cannot be served, each with all its reasons."""
    forms = Forms(made.document)
    found = []
    for path, method, node in operations(made.document):
        place = below("#/paths", path, method)
        if reasons := [*_reasons(node, forms), *_broken(made, node, place)]:
            found.append(Unserved(f"{method.upper()} {path}", "; ".join(dict.fromkeys(reasons))))
    return found


def success_statuses(operation: Node) -> list[str]:
    """Return the statuses of the successful answers: each 2xx, or "default" if there is no 2xx."""
    statuses = operation["responses"]
    return [key for key in statuses if key.startswith("2")] or [key for key in statuses if key == "default"]


def style_of(parameter: Node, forms: Forms) -> str:
    """Return how the arrays or the objects of a parameter are sent. Empty if they cannot be sent.

    The style is "repeated", "comma", "space" or "pipe" for arrays and scalars; "properties" for objects of which each
    property is a parameter, and "brackets" if its name stands in brackets.
    """
    location = parameter["in"]
    style = str(parameter.get("style", STYLES[location]))
    is_exploded = bool(parameter.get("explode", style == "form"))
    types = forms.json_types(parameter["schema"])
    if types == {"object"}:
        return OBJECTS.get((location, style), ("", ""))[is_exploded]
    is_flat = types <= SCALARS | {"array"} and all(types_ <= SCALARS for types_ in _items(parameter["schema"], forms))
    return ARRAYS.get((location, style), ("", ""))[is_exploded] if is_flat else ""


def is_ignored(parameter: Node) -> bool:
    """Return whether OpenAPI ignores a parameter."""
    return parameter["in"] == "header" and parameter["name"].lower() in IGNORED_HEADERS


def _items(schema: Node, forms: Forms) -> Iterator[set[str]]:
    """Yield the JSON types of the items of the arrays that a schema allows."""
    schema = forms.resolved(schema)
    if "items" in schema:
        yield forms.json_types(schema["items"])
    for branch in schema.get("anyOf", ()):
        yield from _items(branch, forms)


def _reasons(node: Node, forms: Forms) -> Iterator[str]:
    if "servers" in node:
        yield "a server of its own"
    for parameter in node["parameters"]:
        if not is_ignored(parameter) and (problem := _problem(parameter, forms)):
            yield f"the parameter {parameter['name']!r} in {parameter['in']} ({problem})"
    if (content := node.get("requestBody", {}).get("content")) and not json_type(content):
        yield f"a body of {', '.join(content)}"
    for status in node["responses"]:
        content = node["responses"][status].get("content")
        if not STATUS.fullmatch(status):
            yield f"an answer {status!r}, which is no status"
        elif status in success_statuses(node) and content and not json_type(content):
            yield f"an answer {status} of {', '.join(content)}"


def _problem(parameter: Node, forms: Forms) -> str:
    if parameter["in"] not in STYLES:
        return f"a {parameter['in']}"
    if "schema" not in parameter:
        return "no schema, or one for a content type"
    if parameter["in"] == "header" and not HEADER_NAME.fullmatch(parameter["name"]):
        return "no name for a header"
    return "" if style_of(parameter, forms) else "a value or a style that cannot be sent"


def _broken(made: Normal, node: Node, place: str) -> Iterator[str]:
    """Yield what is wrong in the parts of an operation other than its errors, and in the components that they use."""
    successes = success_statuses(node)
    served = {**node, "responses": {status: node["responses"][status] for status in successes}}
    places = [below(place, "parameters"), below(place, "requestBody")]
    places += [below(place, "responses", status) for status in successes]
    if any(finding.place.startswith(COMPONENTS) for finding in made.broken):
        places += [below(COMPONENTS, name) for name in used(made.document, schemas_of(served))]
    for finding in made.broken:
        if finding.place == place or any(f"{finding.place}/".startswith(f"{one}/") for one in places):
            yield f"{finding.place}: {finding.text}"
