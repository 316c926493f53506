"""How to read a spec: references followed, and the spellings of one meaning brought together."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from spec import METHODS

Spec = Mapping[str, Any]

# Formats that change how a string is read; the others (uuid, email …) only say which strings there are.
FORMATS = ("date-time", "date", "time", "duration", "byte", "binary")


def resolve(spec: Spec, node: Any) -> Mapping[str, Any]:
    """Follow references, and merge an ``allOf``; what is no object comes back as an empty one."""
    seen = set()
    while isinstance(node, Mapping) and "$ref" in node:
        reference = str(node["$ref"])
        if reference in seen or not reference.startswith("#/"):
            return {}
        seen.add(reference)
        node = spec
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key, {}) if isinstance(node, Mapping) else {}
    if not isinstance(node, Mapping):
        return {}
    if parts := node.get("allOf"):
        merged: dict[str, Any] = {}
        for part in [*(resolve(spec, part) for part in parts), {k: v for k, v in node.items() if k != "allOf"}]:
            merged |= dict(part) | {"properties": {**merged.get("properties", {}), **part.get("properties", {})}}
        return merged
    return node


def kind(spec: Spec, schema: Any) -> str:
    """Say in a few words what values a schema takes, as `facts` says it of a field."""
    schema = resolve(spec, schema)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            kinds = [kind(spec, branch) for branch in schema[keyword]]
            if others := [one for one in kinds if one != "null"]:
                return " | ".join(others) + (" or null" if "null" in kinds else "")
    types = schema.get("type", "object" if "properties" in schema else "anything")
    types = [types] if isinstance(types, str) else list(types)
    nullable = bool(schema.get("nullable")) or ("null" in types and len(types) > 1)
    names = [_name(spec, schema, one) for one in types if one != "null" or len(types) == 1]
    return " | ".join(names) + (" or null" if nullable else "")


def _name(spec: Spec, schema: Mapping[str, Any], type_: str) -> str:
    if type_ == "array":
        return f"array of {kind(spec, schema.get('items', {}))}"
    if type_ == "string" and ("enum" in schema or "const" in schema):
        return "enum of strings"
    return schema["format"] if type_ == "string" and schema.get("format") in FORMATS else type_


def operations(spec: Spec) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each operation: its name, its place, its path item, itself."""
    for path, item in (spec.get("paths") or {}).items():
        resolved = resolve(spec, item)
        for method in METHODS:
            if method in resolved:
                yield f"{method.upper()} {path}", f"paths.{path}.{method}", resolved, resolved[method] or {}


def json_schema(response: Mapping[str, Any]) -> Any:
    """Return the schema of a response's JSON, None when it has no JSON."""
    return (response.get("content") or {}).get("application/json", {}).get("schema")


def properties(spec: Spec, schema: Any) -> Mapping[str, Any]:
    """Return the properties of a schema, an empty mapping when it has none."""
    found = resolve(spec, schema).get("properties")
    return found if isinstance(found, Mapping) else {}


def bare(name: object) -> str:
    """Return a name without what the generator may change when it makes an argument of a parameter."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def alternatives(spec: Spec, data: Any) -> list[Any]:
    """Return the branches of a choice, or the one schema that is no choice."""
    resolved = resolve(spec, data)
    return list(resolved.get("oneOf") or resolved.get("anyOf") or [resolved])


def shape(spec: Spec, schema: Any) -> str:
    """Say what a schema of ``data`` is: a record, a map or a list of them, or the JSON type of something else."""
    name, _ = _holding(spec, schema)
    return name


def _holding(spec: Spec, schema: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the shape of a schema, and the schema of the records in it, an empty one when there are none."""
    resolved = resolve(spec, schema)
    if resolved.get("properties"):
        return "a record", resolved
    for keyword, name in (("additionalProperties", "a map of records"), ("items", "a list of records")):
        if (inner := resolve(spec, resolved.get(keyword))).get("properties"):
            return name, inner
    return kind(spec, resolved), {}


def record(spec: Spec, data: Any) -> Mapping[str, Any]:
    """Return the schema of the records in ``data``; an empty one when there are none."""
    return next(records(spec, data), {})


def records(spec: Spec, data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the schema of the record in each branch of ``data`` that has one."""
    for one in alternatives(spec, data):
        _, schema = _holding(spec, one)
        if schema:
            yield schema
