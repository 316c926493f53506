"""Which operations of a document in normal form cannot be served, and why."""

import json
import re
from collections.abc import Iterator

from attrs import frozen

from codegen.document.forms import Forms
from codegen.document.normal.document import schemas_of
from codegen.document.normal.nodes import BROKEN
from codegen.document.reading import HEADER_NAME, Node

STATUS = re.compile(r"[1-5]([0-9][0-9]|XX)|default")
SCALARS = {"string", "number", "boolean"}
# The styles of parameters that are no objects, by their location. The first is the default.
STYLES = {"path": ("simple",), "query": ("form", "spaceDelimited", "pipeDelimited"), "header": ("simple",)}
OF_OBJECTS = {"query": (*STYLES["query"], "deepObject")}


@frozen
class Unserved:
    """An operation that cannot be served, such as "POST /v1/uploads", and why."""

    operation: str
    reason: str

    @property
    def line(self) -> str:
        """The line for ``not_served.yaml``."""
        return f"{json.dumps(self.operation)}: {json.dumps(self.reason)}"


def unserved(document: Node) -> list[Unserved]:
    """Return the operations of a document in normal form that cannot be served, each with all its reasons."""
    forms = Forms(document)
    found = {name: [*_reasons(name, node, forms)] for name, node in document["operations"].items()}
    return [Unserved(name, "; ".join(dict.fromkeys(reasons))) for name, reasons in found.items() if reasons]


def refusal(refused: list[Unserved]) -> str:
    """Return a text that says what cannot be served, and how to leave it out."""
    lines = "\n".join(operation.line for operation in refused)
    return f"what cannot be served has to be left out, by these lines in codegen/not_served.yaml:\n{lines}"


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
    if style in STYLES["query"] and parameter.get("explode", style == "form"):
        return "properties" if "object" in types else ""
    return "" if types <= SCALARS else style


def _reasons(name: str, node: Node, forms: Forms) -> Iterator[str]:
    if name.startswith("QUERY "):
        yield "the method QUERY, which is new in OpenAPI 3.2"
    if node.get("servers") not in (None, forms.document.get("servers")):
        yield "a server of its own"
    for parameter in node["parameters"]:
        if problem := _problem(parameter, forms):
            yield f"the parameter {parameter['name']!r} in {parameter['in']} ({problem})"
    if others := node.get("requestBody", {}).get("not_json"):
        yield f"a body of {', '.join(others)}"
    for status, answer in node["responses"].items():
        if not STATUS.fullmatch(status):
            yield f"an answer {status!r}, which is no status"
        elif status in success_statuses(node) and "not_json" in answer:
            yield f"an answer {status} of {', '.join(answer['not_json'])}"
    served = {**node, "responses": {status: node["responses"][status] for status in success_statuses(node)}}
    schemas = forms.reachable(schema for *_, schema in schemas_of(served))
    yield from sorted(schema[BROKEN] for schema in schemas if BROKEN in schema)


def _problem(parameter: Node, forms: Forms) -> str:
    """Return why a parameter cannot be sent. Empty if it can."""
    location = parameter["in"]
    if location not in STYLES:
        return f"a {location}"
    if "schema" not in parameter:
        return "no schema, or one for a content type"
    if location == "header" and not HEADER_NAME.fullmatch(parameter["name"]):
        return "no name for a header"
    schema = parameter["schema"]
    styles = OF_OBJECTS if "object" in forms.json_types(schema) else STYLES
    is_sent = parameter.get("style", STYLES[location][0]) in styles.get(location, ())
    if not is_sent or not forms.inner_types(schema, "array") <= SCALARS:
        return "a value or a style that cannot be sent"
    if style_of(parameter, forms) == "properties" and "object" in forms.inner_types(schema, "object"):
        return "an object within an object, for which OpenAPI has no encoding"
    return ""
