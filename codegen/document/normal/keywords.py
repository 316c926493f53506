"""Reads the keywords of one schema, without its reference and ``allOf``."""

from typing import Any

from codegen.document.normal.meaning import ANY, Meaning, Part, Schema, type_of
from codegen.document.normal.nodes import WORDS, list_in, object_in
from codegen.document.reading import Node

MISSPELT = {"bool": "boolean", "int": "integer", "float": "number", "str": "string"}
# Without them, the normal form allows more values.
PASSED_OVER = {"not", "if", "dependentSchemas", "patternProperties", "prefixItems", "unevaluatedProperties"}


def schema_of(node: Any) -> Schema:
    """Return a node in the place of a schema as a schema. One that is no object allows any value."""
    return (Part(node),) if isinstance(node, dict) and node else ()


def keywords_of(node: Node) -> Meaning:
    """Return what the keywords of a schema say of its values."""
    types, passed_over = _types(node), PASSED_OVER & node.keys()
    values = [node["const"]] if "const" in node else list_in(node, "enum")
    if not {*map(type_of, values)} <= {"null", *types} - {"array", "object"}:
        values, passed_over = [], {*passed_over, "enum"}
    others = node.get("additionalProperties")
    unions = [list_in(node, key) for key in ("anyOf", "oneOf")]
    examples = [node["example"]] if "example" in node else []
    examples += list_in(node, "examples")
    return Meaning(
        types=types,
        values=tuple(values) or None,
        is_const="const" in node,
        format=str(node.get("format") or ""),
        properties={name: schema_of(child) for name, child in object_in(node, "properties").items()},
        required=tuple(map(str, list_in(node, "required"))),
        additional=None if others is None or others is False else schema_of(others),
        is_closed=others is False and "patternProperties" not in node,
        items=() if "prefixItems" in node else schema_of(node.get("items")),
        unions=tuple(tuple(map(schema_of, union)) for union in unions if _says_something(union)),
        discriminator=object_in(node, "discriminator"),
        words={key: node[key] for key in WORDS if key in node} | ({"examples": examples} if examples else {}),
        passed_over=frozenset(passed_over),
        problem="".join(f"{name!r} is not a type of JSON" for name in types if name not in ANY),
    )


def _types(node: Node) -> tuple[str, ...]:
    """Return the types of a schema. Without quotes, YAML gives None where "null" is meant."""
    type_ = node.get("type")
    if type_ is None and node != {"type": None}:
        return ANY
    names = map(str, type_ if isinstance(type_, list) else [type_])
    types = tuple("null" if name == "None" else MISSPELT.get(name, name) for name in names)
    return (*types, "integer") if "number" in types else types


def _says_something(union: list[Any]) -> bool:
    """Return whether some branches say more than what is required."""
    return any(
        isinstance(branch, dict) and branch.keys() - {"required", "not", "title", "description"} for branch in union
    )
