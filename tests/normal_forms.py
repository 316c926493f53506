"""Documents for the tests of the normal form, and a judge that reads a document as it stands, in strict JSON Schema."""

import re
from collections.abc import Iterator, Set as AbstractSet
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

FORMATS = FormatChecker([])
FORMATS.checks("date", ValueError)(lambda text: not isinstance(text, str) or bool(date.fromisoformat(text)))
FORMATS.checks("date-time", ValueError)(
    lambda text: not isinstance(text, str) or ("T" in text and bool(datetime.fromisoformat(text)))
)
CHILDREN = ("items", "additionalProperties", "unevaluatedProperties")
MOMENTS = ["2026-01-02", "2026-01-02T03:04:05Z", "soon"]


def document(schema: Any, components: Any = None, version: str = "3.1.0") -> dict[str, Any]:
    """Return a document of which the body and the answer of one operation have a schema."""
    content = {"content": {"application/json": {"schema": schema}}}
    post = {"requestBody": content, "responses": {"200": {"description": "OK", **content}}}
    return {"openapi": version, "paths": {"/a": {"post": post}}, "components": {"schemas": components or {}}}


def read(text: str) -> Any:
    """Return a node that is written as YAML, with <Agent> for a reference to a component."""
    return YAML(typ="safe", pure=True).load(re.sub(r"<(\w+)>", r"{$ref: '#/components/schemas/\1'}", text))


def schema_in(spec: Any) -> Any:
    """Return the schema of the answer of such a document, or of its normal form."""
    if "operations" in spec:
        return spec["operations"]["POST /a"]["responses"]["200"]["schema"]
    return spec["paths"]["/a"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]


def judge(spec: Any, hidden: AbstractSet[str] = frozenset(), *, is_3_0: bool = False) -> Draft202012Validator:
    """Return a validator for the schema of such a document, in the meaning that its authors give it.

    ``hidden`` are the properties of the other direction.
    """
    schemas = {name: strict(node, hidden, is_3_0=is_3_0) for name, node in spec["components"]["schemas"].items()}
    root = DRAFT202012.create_resource({"components": {"schemas": schemas}})
    reference = {"$id": "urn:root", "allOf": [strict(schema_in(spec), hidden, is_3_0=is_3_0)]}
    registry: Registry[Any] = Registry().with_resource("urn:root", root)
    return Draft202012Validator(
        reference | {"components": {"schemas": schemas}}, registry=registry, format_checker=FORMATS
    )


def properties(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield all properties of all schemas in a part of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "properties":
                yield from ((name, one) for name, one in value.items() if isinstance(one, dict))
            yield from properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from properties(value)


def strict(node: Any, hidden: AbstractSet[str], *, is_3_0: bool) -> Any:
    """Return a schema in strict JSON Schema, without limits and without the properties ``hidden``."""
    if not isinstance(node, dict):
        return node

    def inner(one: Any) -> Any:
        return strict(one, hidden, is_3_0=is_3_0)

    if is_3_0 and "$ref" in node:
        node = {key: node[key] for key in node if key in {"$ref", "nullable"}}
    types = node.get("type", "object" if "properties" in node else [])
    types = [types] if isinstance(types, str) else types
    values = [node["const"]] if "const" in node else node.get("enum") or []
    branches = [branch for key in ("anyOf", "oneOf") for branch in node.get(key, [])]
    made: dict[str, Any] = {key: node[key] for key in ("format", "$ref") if key in node}
    made |= {"type": [type_ for type_ in types if type_ != "null"]} if types else {}
    made |= {"enum": [value for value in values if value is not None]} if values else {}
    made |= {"required": [name for name in node["required"] if name not in hidden]} if "required" in node else {}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in node:
            made.setdefault("allOf", []).append({"allOf" if key == "allOf" else "anyOf": [*map(inner, node[key])]})
    if "properties" in node:
        made["properties"] = {name: inner(one) for name, one in node["properties"].items() if name not in hidden}
    made |= {key: inner(node[key]) for key in CHILDREN if key in node}
    is_nullable = node.get("nullable") or "null" in types or None in values or {"type": "null"} in branches
    return {"anyOf": [made, {"type": "null"}]} if is_nullable else made


def values(spec: Any, examples: list[Any]) -> st.SearchStrategy[Any]:
    """Return values that are near to the schemas of a document: the examples, some with a part that is another."""
    names = sorted({name for name, _ in properties(spec)})
    keys = st.sampled_from([*names, "other"])
    scalars = st.sampled_from([None, True, False, 0, 1, 1.5, "", "a", "b", *MOMENTS])
    anything = st.recursive(
        scalars, lambda part: st.lists(part, max_size=2) | st.dictionaries(keys, part, max_size=3), max_leaves=5
    )
    return anything | st.sampled_from(examples).flatmap(lambda value: damaged(value, keys, anything))


@st.composite
def damaged(draw: st.DrawFn, value: Any, keys: st.SearchStrategy[str], anything: st.SearchStrategy[Any]) -> Any:
    """Return a value with one part that is another, or gone, or new."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: draw(damaged(value[key], keys, anything))}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [draw(damaged(value[0], keys, anything)), *value[1:]]
    if isinstance(value, dict):
        key = draw(keys)
        others = {name: one for name, one in value.items() if name != key}
        return draw(st.sampled_from([value, others, {**others, key: draw(anything)}]))
    return draw(st.just(value) | anything)
