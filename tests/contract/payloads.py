"""Answers made from the schemas of a spec, for property-based tests."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from hypothesis import strategies as st
from reading import resolve

Spec = Mapping[str, Any]


def modern(node: Any) -> Any:
    """Return a copy that says in JSON Schema what the vendor means.

    ``nullable`` is a keyword of OpenAPI 3.0, and to a validator ``properties`` alone make no object.
    """
    if isinstance(node, list):
        return [modern(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: modern(value) for key, value in node.items()}
    if isinstance(made.get("properties"), Mapping) and not isinstance(made.get("type"), Mapping):
        made.setdefault("type", "object")
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def records(spec: Spec, schema: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Make session records: any that a schema allows, of which at least one property is known.

    schemathesis makes requests, so the schema goes in as the body of one.
    """
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": modern(schema)}}},
        "responses": {"200": {"description": "OK"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "answers", "version": "1"},
        "components": modern(spec["components"]),
        "paths": {"/": {"post": operation}},
    }
    known = resolve(spec, schema)["properties"].keys()
    cases = schemathesis.openapi.from_dict(document)["/"]["POST"].as_strategy()
    bodies: st.SearchStrategy[Any] = cases.map(lambda case: case.body)
    return bodies.filter(lambda record: not known.isdisjoint(record) and representable(record))


def representable(value: Any) -> bool:
    """Tell whether Python has the value: no infinity, and neither the year 0 nor the second 60 of RFC 3339."""
    if isinstance(value, Mapping):
        return all(representable(inner) for inner in value.values())
    if isinstance(value, list):
        return all(representable(inner) for inner in value)
    if isinstance(value, str):
        return not (value.startswith("0000-") or value[16:19] == ":60")
    return not isinstance(value, float) or math.isfinite(value)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)

# What is no value of a JSON type, for each type that a property can have.
NOT: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: not isinstance(value, str),
    "integer": lambda value: isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1,
    "boolean": lambda value: not isinstance(value, bool),
    "object": lambda value: not isinstance(value, dict),
    "array": lambda value: not isinstance(value, list),
}
