"""Which operations of a document in normal form cannot be served, and why."""

import json
import re
from collections.abc import Iterator

from attrs import frozen

from codegen.document.forms import Forms
from codegen.document.normal.document import schemas_of
from codegen.document.normal.nodes import BROKEN, Finding, below
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


def leave_out_parameters(document: Node) -> list[Finding]:
    """Take the optional parameters that cannot be sent out of a document in normal form, and return what they are."""
    forms, found = Forms(document), list[Finding]()
    for name, node in document["operations"].items():
        method, _, path = name.partition(" ")
        parameters, node["parameters"] = node["parameters"], []
        for parameter in parameters:
            if problem := "" if _is_required(parameter) else _problem(parameter, forms):
                place = parameter.get("place") or below("#/paths", path, method.lower())
                found.append(Finding(place, f"the parameter {parameter['name']!r} is left out: {problem}"))
            else:
                node["parameters"].append(parameter)
    return found


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
        if _is_required(parameter) and (problem := _problem(parameter, forms)):
            yield f"the required parameter {parameter['name']!r} in {parameter['in']}: {problem}"
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


def _is_required(parameter: Node) -> bool:
    return parameter["in"] == "path" or parameter.get("required") is True


def _problem(parameter: Node, forms: Forms) -> str:
    """Return why a parameter cannot be sent. Empty if it can."""
    location = parameter["in"]
    if location not in STYLES:
        return f"it is in a {location}"
    if "schema" not in parameter:
        return "it has no `schema`"
    if location == "header" and not HEADER_NAME.fullmatch(parameter["name"]):
        return "its name is not valid for a header"
    schema = parameter["schema"]
    styles = OF_OBJECTS if "object" in forms.json_types(schema) else STYLES
    style = parameter.get("style", STYLES[location][0])
    if style not in styles.get(location, ()):
        return f"its style is {style!r}" if "style" in parameter else f"it is an object in the {location}"
    if inner := forms.inner_types(schema, "array") - SCALARS:
        return f"it is an array of {' or '.join(sorted(inner))}s"
    if style_of(parameter, forms) == "properties" and "object" in forms.inner_types(schema, "object"):
        return "it is an object within an object, for which OpenAPI has no encoding"
    return ""
