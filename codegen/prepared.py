"""Prepares the document for the generator, so that nothing but the contract decides what it makes.

Method and path name the module of an operation, and the place of a schema names its class. Left as they are,
``operationId``, ``tags`` and ``title`` would name them: wording to the API, which a vendor may add at any time.
"""

from collections.abc import Mapping
from typing import Any

from spec import Spec, SpecError, json_content, operations

# Of a schema: what would name its class, what is written in another way below, and what does not change its type.
LEFT_OUT = {"title", "nullable", "default", "example", "examples"}
NULL = {"type": "null"}
# What stands before the place of a schema that allows null.
NULL_OR = "null or "


def leave_out(spec: Spec, not_served: Mapping[str, str]) -> None:
    """Take the operations that are ``not_served`` out of a spec.

    Raises:
        SpecError: one of them does not exist.
    """
    for place in not_served:
        method, _, path = place.partition(" ")
        if not spec["paths"].get(path, {}).pop(method.lower(), None):
            raise SpecError(f"not_served.yaml names operations that the spec does not have: {place}")


def prepared(spec: Spec) -> Spec:
    """Return a copy for the generator.

    Raises:
        SpecError: the generator would pass over an operation.
    """
    copy: Spec = _part(spec, "#")
    for path, item in copy["paths"].items():
        if "$ref" in item:
            raise SpecError(f"{path}: a $ref in the place of operations, which the generator would pass over")
    for *_, operation in operations(copy):
        for name in ("tags", "operationId"):
            operation.pop(name, None)
    return copy


def _part(node: Any, place: str) -> Any:
    """Copy a part of the document that is no schema. Of its content types, one that is JSON is kept."""
    if isinstance(node, list):
        return [_part(one, f"{place}/{index}") for index, one in enumerate(node)]
    if not isinstance(node, dict):
        return node
    copy = {}
    for name, one in node.items():
        below = _below(place, name)
        if name == "schema":
            copy[name] = _schema(one, below)
        elif name == "schemas":
            copy[name] = _named(one, below)
        elif name == "content":
            copy[name] = {key: _part(kept, _below(below, key)) for key, kept in json_content(one).items()}
        elif name not in {"example", "examples"}:
            copy[name] = _part(one, below)
    return copy


def _named(schemas: Spec, place: str) -> Spec:
    return {name: _schema(one, _below(place, name)) for name, one in schemas.items()}


def _schema(schema: Any, place: str) -> Any:
    """Copy a schema. Its example becomes its place: that the generator keeps with what it parses, and does not read.

    Null is taken out, and the example says that it was there: so a class that becomes nullable keeps its name.
    """
    if not isinstance(schema, dict):
        return schema  # true or false
    copy: Spec = {keyword: one for keyword, one in schema.items() if keyword not in LEFT_OUT}
    copy["example"] = place
    for keyword in copy.keys() & {"items", "additionalProperties"}:
        copy[keyword] = _schema(copy[keyword], f"{place}/{keyword}")
    for keyword in copy.keys() & {"allOf", "anyOf", "oneOf", "prefixItems"}:
        parts = [(one, f"{place}/{keyword}/{index}") for index, one in enumerate(schema[keyword]) if one != NULL]
        copy[keyword] = [_schema(one, below) for one, below in parts]
    if "properties" in copy:
        copy["properties"] = _named(copy["properties"], f"{place}/properties")
    is_nullable = _take_null(copy, schema)
    if copy.get("type") == "array" and not copy.keys() & {"items", "prefixItems"}:
        copy["items"] = {}  # means the same, and the generator wants it
    return _with_null_marked(copy, place) if is_nullable else copy


def _take_null(copy: Spec, schema: Spec) -> bool:
    """Take null out of the values of the copy of a schema; tell whether it was there."""
    found = schema.get("nullable") is True
    for keyword, null in (("type", "null"), ("enum", None)):
        values = schema.get(keyword)
        if isinstance(values, list) and null in values and len(values) > 1:
            others = [one for one in values if one != null]
            copy[keyword] = others[0] if keyword == "type" and len(others) == 1 else others
            found = True
    for keyword in ("anyOf", "oneOf"):
        if NULL in schema.get(keyword, ()):
            found = True
            if len(copy[keyword]) == 1:
                copy |= copy.pop(keyword)[0]
    return found


def _with_null_marked(copy: Spec, place: str) -> Spec:
    is_reference = "$ref" in copy or (len(copy.get("allOf", ())) == 1 and "$ref" in copy["allOf"][0])
    if is_reference:  # has the example of what it leads to; a union of it has no class that could change its name
        return {"anyOf": [copy, NULL], "example": place}
    return {**copy, "example": NULL_OR + copy["example"]}


def _below(place: str, name: str) -> str:
    """Return the JSON pointer of a part of what another leads to."""
    return f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
