"""Which operations of a document in normal form cannot be served, and why."""

import json
import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from codegen.document.forms import Forms
from codegen.document.normal.document import Normal, json_type, operations, remove_unused, schemas_of
from codegen.document.normal.nodes import COMPONENTS, below, used
from codegen.document.reading import HEADER_NAME, Node

STATUS = re.compile(r"[1-5]([0-9][0-9]|XX)|default")
SCALARS = {"string", "number", "boolean"}
# The styles of arrays, by the location of the parameter. The first is the default.
STYLES = {"path": ("simple",), "query": ("form", "spaceDelimited", "pipeDelimited"), "header": ("simple",)}


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
    forms, found = Forms(made.document), []
    for path, method, node in operations(made.document):
        reasons = [*_reasons(node, forms), *_broken(made, node, below("#/paths", path, method))]
        if reasons:
            found.append(Unserved(f"{method.upper()} {path}", "; ".join(dict.fromkeys(reasons))))
    return found


def refusal(refused: list[Unserved]) -> str:
    """Return a text that says what cannot be served, and how to leave it out."""
    lines = "\n".join(one.line for one in refused)
    return f"what cannot be served has to be left out, by these lines in codegen/not_served.yaml:\n{lines}"


def leave_out(made: Normal, names: Iterable[str]) -> None:
    """Delete operations from a document in normal form, with the components and the findings that only these have.

    A name that no operation has is passed over.
    """
    for name in names:
        method, _, path = name.partition(" ")
        made.document["paths"].get(path, {}).pop(method.lower(), None)
        place = below("#/paths", path, method.lower(), "")
        for findings in (made.notes, made.broken):
            findings[:] = [finding for finding in findings if not f"{finding.place}/".startswith(place)]
    remove_unused(made.document)


def success_statuses(operation: Node) -> list[str]:
    """Return the statuses of the successful answers: each 2xx, or "default" if there is no 2xx."""
    statuses = operation["responses"]
    return [key for key in statuses if key.startswith("2")] or [key for key in statuses if key == "default"]


def style_of(parameter: Node, forms: Forms) -> str:
    """Return the style of a parameter that may be an array or an object. Empty for a scalar.

    It is also empty if each item of an array is a parameter, and "properties" if each property of an object is one.
    """
    types = forms.json_types(parameter["schema"])
    style = str(parameter.get("style", STYLES[parameter["in"]][0]))
    if style in {"spaceDelimited", "pipeDelimited", "form"} and parameter.get("explode", style == "form"):
        return "properties" if "object" in types else ""
    return "" if types <= SCALARS else style


def _reasons(node: Node, forms: Forms) -> Iterator[str]:
    if "servers" in node:
        yield "a server of its own"
    for parameter in node["parameters"]:
        if problem := _problem(parameter, forms):
            yield f"the parameter {parameter['name']!r} in {parameter['in']} ({problem})"
    if (content := node.get("requestBody", {}).get("content")) and not json_type(content):
        yield f"a body of {', '.join(content)}"
    for status, answer in node["responses"].items():
        content = answer.get("content")
        if not STATUS.fullmatch(status):
            yield f"an answer {status!r}, which is no status"
        elif status in success_statuses(node) and content and not json_type(content):
            yield f"an answer {status} of {', '.join(content)}"


def _problem(parameter: Node, forms: Forms) -> str:
    """Return why a parameter cannot be sent. Empty if it can."""
    location = parameter["in"]
    if location not in STYLES:
        return f"a {location}"
    if "schema" not in parameter:
        return "no schema, or one for a content type"
    if location == "header" and not HEADER_NAME.fullmatch(parameter["name"]):
        return "no name for a header"
    types = forms.json_types(parameter["schema"])
    if "object" in types:
        is_sent = location == "query" and style_of(parameter, forms) in {"properties", "deepObject", *STYLES["query"]}
    else:
        is_sent = parameter.get("style", STYLES[location][0]) in STYLES[location]
    if style_of(parameter, forms) == "properties" and "object" in forms.property_types(parameter["schema"]):
        return "an object within an object, for which OpenAPI has no encoding"
    is_flat = forms.item_types(parameter["schema"]) <= SCALARS
    return "" if is_sent and is_flat else "a value or a style that cannot be sent"


def _broken(made: Normal, node: Node, place: str) -> Iterator[str]:
    """Yield what is wrong in the parts of an operation other than its errors, and in the components that they use."""
    served = {**node, "responses": {status: node["responses"][status] for status in success_statuses(node)}}
    places = {one: schema for one, _, schema in schemas_of(served, place)}
    if made.broken:
        names = used(made.document, places.values())
        starts = tuple(f"{one}/" for one in (*places, *(below(COMPONENTS, name) for name in names)))
        yield from (f"{one.place}: {one.text}" for one in made.broken if f"{one.place}/".startswith(starts))
