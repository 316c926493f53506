"""Reads the keywords of one schema, without its references and ``allOf``."""

from typing import Any

from codegen.document.normal.meaning import NEVER, Meaning, Schema, of_types, type_of
from codegen.document.normal.nodes import BrokenSchemaError
from codegen.document.reading import Node

TYPES = {"null", "string", "integer", "number", "boolean", "array", "object"}
MISSPELT = {"bool": "boolean", "int": "integer", "float": "number", "double": "number", "str": "string", "none": "null"}
# With them, a value decides which of its properties ``unevaluatedProperties`` concerns.
APPLICATORS = {"$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"}
# The annotations that a schema in normal form has.
WORDS = {"description", "deprecated", "readOnly", "writeOnly", "default", "examples"}
# Those of a document, which say nothing of the values.
ANNOTATIONS = WORDS | {"title", "example", "externalDocs", "xml", "discriminator"}


def keywords_of(node: Node) -> Meaning:
    """Return what the keywords of a schema say of its values.

    Raises:
        BrokenSchemaError: The schema has a type that JSON does not have.
    """
    types, listed = _types(node), _listed(node)
    others = tuple(type_ for type_ in types if type_ != "null" and not (type_ == "integer" and "number" in types))
    is_null = node.get("nullable") is True or "null" in types or any(value is None for value in listed)
    only_null = not types and listed and all(value is None for value in listed)
    words = {word: node[word] for word in {*WORDS, "discriminator"} & node.keys()}
    examples = [*([node["example"]] if "example" in node else []), *list_in(node, "examples")]
    return Meaning(
        null=True if is_null else False if types or listed else None,
        types=others if types else () if only_null else None,
        values=_values(listed, others),
        is_const="const" in node,
        format=str(node.get("format") or ""),
        properties={name: schema_of(one) for name, one in object_in(node, "properties").items()},
        required=tuple(map(str, list_in(node, "required"))),
        additional=_additional(node),
        items=_items(node),
        unions=tuple(tuple(map(schema_of, list_in(node, key))) for key in ("anyOf", "oneOf") if list_in(node, key)),
        words=words | ({"examples": examples} if examples else {}),
    )


def schema_of(node: Any) -> Schema:
    """Return a node in the place of a schema as a schema. True and None allow any value, and False none."""
    return (node,) if isinstance(node, dict) and node else (NEVER,) if node is False else ()


def object_in(node: Node, key: str) -> Node:
    """Return the object at a key. An empty one if something else is there."""
    return node[key] if isinstance(node.get(key), dict) else {}


def list_in(node: Node, key: str) -> list[Any]:
    """Return the list at a key. An empty one if something else is there."""
    return node[key] if isinstance(node.get(key), list) else []


def _types(node: Node) -> list[str]:
    """Return the types of a schema. Without quotes, YAML gives None where "null" is meant."""
    type_ = node.get("type")
    names = map(str, type_ if isinstance(type_, list) else [type_])
    types = {MISSPELT.get(name.lower(), name.lower()): name for name in names}
    if "any" in types or (type_ is None and node != {"type": None}):
        return []
    for known, name in types.items():
        if known not in TYPES:
            raise BrokenSchemaError(f"{name!r} is not a type of JSON")
    return [*types]


def _listed(node: Node) -> list[Any]:
    """Return the values of a schema. None of them if some are no scalars."""
    values = [node["const"]] if "const" in node else list_in(node, "enum")
    return [] if any(isinstance(value, list | dict) for value in values) else values


def _values(listed: list[Any], types: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the values except null. None if none of them has one of the types, since something else is meant."""
    values = [value for value in listed if value is not None]
    if types == ("string",):  # YAML without quotes gives numbers and booleans where strings are meant
        values = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    of_type = of_types(values, types) if types else values
    return tuple({(type_of(value), value): value for value in of_type}.values()) or None


def _additional(node: Node) -> Schema | None:
    is_closed = node.get("unevaluatedProperties") is False and not APPLICATORS & node.keys()
    others = node.get("additionalProperties", False if is_closed else None)
    if patterns := [*object_in(node, "patternProperties").values()]:
        return _any_of(patterns, others)
    return None if others is None else schema_of(others)


def _items(node: Node) -> Schema | None:
    first, others = list_in(node, "prefixItems"), node.get("items")
    if first:
        return _any_of(first, False if node.get("maxItems", len(first) + 1) <= len(first) else others)
    return schema_of(others) if isinstance(others, dict) or others is True else None


def _any_of(schemas: list[Any], others: Any) -> Schema:
    """Return the schema of values that fit one of some schemas, or that for the others. Without that, any value."""
    if isinstance(others, dict) or others is False:
        return schema_of({"anyOf": [*schemas, *([others] if others else [])]})
    return ()
