"""Prepares the document for the generator, so that only the contract decides what is generated, and no wording.

A module of an operation is named by method and path, and a class by the place of its schema. By default the generator
would name them by ``operationId``, ``tags`` and ``title``, which the vendor may add or change at any time.
"""

from collections.abc import Callable, Mapping
from typing import Any

from spec import Spec, SpecError, json_content, operations

# Keywords of a schema that name its class, that are written in another way below, or that do not change its type.
LEFT_OUT = {"title", "nullable", "default", "example", "examples"}
NULL = {"type": "null"}
# The prefix of the place of a schema that allows null.
NULL_OR = "null or "


def leave_out(spec: Spec, not_served: Mapping[str, str]) -> None:
    """Delete the operations in ``not_served`` from a spec.

    Raises:
        SpecError: One of them does not exist.
    """
    for place in not_served:
        method, _, path = place.partition(" ")
        if not spec["paths"].get(path, {}).pop(method.lower(), None):
            raise SpecError(f"not_served.yaml names operations that the spec does not have: {place}")


def prepared(spec: Spec) -> Spec:
    """Return a copy for the generator.

    Raises:
        SpecError: The generator would ignore an operation.
    """
    copy: Spec = _part(spec, "#")
    for path, item in copy["paths"].items():
        if "$ref" in item:
            raise SpecError(f"{path}: a $ref in the place of operations, which the generator would ignore")
    for *_, operation in operations(copy):
        operation.pop("tags", None)
        operation.pop("operationId", None)
    return copy


def _part(node: Any, place: str) -> Any:
    """Copy a part of the document that is no schema. Of its content types, the first that is JSON is kept."""
    if not isinstance(node, dict):
        return _each(node, place, _part) if isinstance(node, list) else node
    parts = {name: one for name, one in node.items() if name not in {"example", "examples"}}
    if "content" in parts:
        parts["content"] = json_content(parts["content"])
    return {name: PARTS.get(name, _part)(one, _below(place, name)) for name, one in parts.items()}


def _schema(schema: Any, place: str) -> Any:
    """Copy a schema. Its example becomes its place: the generator keeps that with what it parses, and does not read it.

    Null is taken out, and the example says that it was there: so a class that becomes nullable keeps its name.
    """
    if not isinstance(schema, dict):
        return schema  # true or false
    kept = {keyword: one for keyword, one in schema.items() if keyword not in LEFT_OUT}
    copy = {key: KEYWORDS[key](one, f"{place}/{key}") if key in KEYWORDS else one for key, one in kept.items()}
    copy["example"] = place
    is_nullable = schema.get("nullable") is True
    for keyword, null in (("type", "null"), ("enum", None), ("anyOf", NULL), ("oneOf", NULL)):
        values = schema.get(keyword)
        if isinstance(values, list) and null in values and len(values) > 1:
            is_nullable = True
            others = [one for one, value in zip(copy.pop(keyword), values, strict=True) if value != null]
            if len(others) > 1 or keyword == "enum":
                copy[keyword] = others
            else:
                copy |= {"type": others[0]} if keyword == "type" else others[0]
    if copy.get("type") == "array" and not copy.keys() & {"items", "prefixItems"}:
        copy["items"] = {}  # means the same, and the generator wants it
    if not is_nullable:
        return copy
    is_reference = "$ref" in copy or (len(copy.get("allOf", ())) == 1 and "$ref" in copy["allOf"][0])
    if is_reference:  # has the example of its target; a union of it has no class that could change its name
        return {"anyOf": [copy, NULL], "example": place}
    return {**copy, "example": NULL_OR + copy["example"]}


def _each(nodes: Any, place: str, copy: Callable[[Any, str], Any] = _schema) -> Any:
    """Copy the schemas, or other parts, of a list or an object."""
    if isinstance(nodes, list):
        return [copy(one, f"{place}/{index}") for index, one in enumerate(nodes)]
    return {name: copy(one, _below(place, name)) for name, one in nodes.items()}


def _below(place: str, name: str) -> str:
    """Return the JSON pointer of a part, given that of the whole."""
    return f"{place}/{name.replace('~', '~0').replace('/', '~1')}"


# How schemas, and lists or objects of schemas, are copied: below a part of the document, and below a schema.
PARTS: dict[str, Callable[[Any, str], Any]] = {"schema": _schema, "schemas": _each}
KEYWORDS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("items", "additionalProperties"), _schema),
    **dict.fromkeys(("properties", "allOf", "anyOf", "oneOf", "prefixItems"), _each),
}
