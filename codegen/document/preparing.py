"""Prepares the document for the generator, so that the generated code does not depend on the wording of the document.

The module of an operation is named by its method and path, and a class by the place of its schema. By default, the
generator names them by ``operationId``, ``tags`` and ``title``, which the vendor may add or change at any time.
"""

from collections.abc import Callable, Mapping
from typing import Any

from osvi_runtime import pointer

from codegen.document.reading import Spec, SpecError, json_content, operations

# Keywords of a schema that name its class, that `_schema` writes in another way, or that do not change its type.
LEFT_OUT = {"title", "nullable", "default", "example", "examples"}
NULL = {"type": "null"}
# Precedes the place of a schema that allows null, in its ``example``.
NULL_OR = "null or "


def leave_out(spec: Spec, not_served: Mapping[str, str]) -> None:
    """Delete the operations in ``not_served`` from a spec."""
    for place in not_served:
        method, _, path = place.partition(" ")
        spec["paths"].get(path, {}).pop(method.lower(), None)


def prepared(spec: Spec) -> Spec:
    """Return a copy of a spec for the generator.

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
    """Copy a part of the document that is not a schema. Of its content types, only the first JSON type is kept.

    ``place`` is the JSON pointer of the part.
    """
    if not isinstance(node, dict):
        return _each(node, place, _part) if isinstance(node, list) else node
    parts = {name: part for name, part in node.items() if name not in {"example", "examples"}}
    if "content" in parts:
        parts["content"] = json_content(parts["content"])
    return {name: PARTS.get(name, _part)(part, place + pointer([name])) for name, part in parts.items()}


def _schema(schema: Any, place: str) -> Any:
    """Copy a schema. The example of the copy is the place of the schema; the generator passes it on without using it.

    Null is removed from the types, and `NULL_OR` in the example records it, so that a class keeps its name if it
    becomes nullable.
    """
    if not isinstance(schema, dict):
        return schema  # true or false
    kept = {keyword: value for keyword, value in schema.items() if keyword not in LEFT_OUT}
    copy = {key: KEYWORDS[key](value, f"{place}/{key}") if key in KEYWORDS else value for key, value in kept.items()}
    copy["example"] = place
    is_nullable = schema.get("nullable") is True
    for keyword, null in (("type", "null"), ("enum", None), ("anyOf", NULL), ("oneOf", NULL)):
        values = schema.get(keyword)
        if isinstance(values, list) and null in values and len(values) > 1:
            is_nullable = True
            others = [copied for copied, value in zip(copy.pop(keyword), values, strict=True) if value != null]
            if len(others) > 1 or keyword == "enum":
                copy[keyword] = others
            else:
                copy |= {"type": others[0]} if keyword == "type" else others[0]
    if copy.get("type") == "array" and not copy.keys() & {"items", "prefixItems"}:
        copy["items"] = {}  # means the same, and the generator requires it
    if not is_nullable:
        return copy
    is_reference = "$ref" in copy or (len(copy.get("allOf", ())) == 1 and "$ref" in copy["allOf"][0])
    if is_reference:  # has the example of its target; a union of it has no class that could change its name
        return {"anyOf": [copy, NULL], "example": place}
    return {**copy, "example": NULL_OR + copy["example"]}


def _each(nodes: Any, place: str, copy: Callable[[Any, str], Any] = _schema) -> Any:
    """Copy a list or an object of schemas, or of other parts."""
    if isinstance(nodes, list):
        return [copy(node, f"{place}/{index}") for index, node in enumerate(nodes)]
    return {name: copy(node, place + pointer([name])) for name, node in nodes.items()}


# The functions that copy schemas, and lists or objects of schemas: in a part of the document, and in a schema.
PARTS: dict[str, Callable[[Any, str], Any]] = {"schema": _schema, "schemas": _each}
KEYWORDS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("items", "additionalProperties"), _schema),
    **dict.fromkeys(("properties", "allOf", "anyOf", "oneOf", "prefixItems"), _each),
}
