"""Reads the keywords of one schema, without its references, ``allOf`` and unions."""

from typing import Any

from codegen.document.normal.meaning import NEVER, Meaning, Schema, of_types, type_of
from codegen.document.normal.nodes import BrokenSchemaError, Node

TYPES = {"null", "string", "integer", "number", "boolean", "array", "object"}
MISSPELT = {"bool": "boolean", "int": "integer", "float": "number", "str": "string"}
# The annotations that a schema in normal form has.
WORDS = ("description", "deprecated", "readOnly", "writeOnly", "discriminator", "default", "example", "examples")
# These say nothing of the values.
_TITLES = {"title", "externalDocs", "xml", *WORDS}
_ANYTHING: Node = {}


def keywords_of(node: Node) -> Meaning:
    """Return what the keywords of a schema say of its values.

    Raises:
        BrokenSchemaError: The schema has a type that JSON does not have.
    """
    types = _types(node)
    return Meaning(
        types=types,
        values=_values(node, types),
        is_const="const" in node,
        format=str(node.get("format") or ""),
        properties={name: schema_of(property_) for name, property_ in _object(node, "properties").items()},
        required=tuple(map(str, _list(node, "required"))),
        additional=_additional(node),
        items=_items(node),
        words={word: node[word] for word in WORDS if word in node},
    )


def schema_of(node: Any) -> Schema:
    """Return a node in the place of a schema as a schema. True and None allow any value, and False none."""
    return (node,) if isinstance(node, dict) and node else (NEVER,) if node is False else ()


def branches_of(node: Node) -> list[tuple[list[Node], bool]]:
    """Return the branches of ``anyOf`` and of ``oneOf`` except null, and whether null is one of them."""
    unions = [[*map(_node_of, _list(node, keyword))] for keyword in ("anyOf", "oneOf")]
    kept = [[branch for branch in union if not _is_null(branch)] for union in unions]
    return [(some, len(some) < len(union)) for some, union in zip(kept, unions, strict=True) if union]


def parts_of(node: Node) -> list[Node]:
    """Return the parts of ``allOf``."""
    return [*map(_node_of, _list(node, "allOf"))]


def says_null(node: Node) -> bool | None:
    """Return whether the keywords of a schema allow null. None if they do not say."""
    if node.get("nullable") is True or "null" in _names(node) or any(value is None for value in _listed(node)):
        return True
    return False if _names(node) or _listed(node) else None


def is_only_words(node: Node, *others: str) -> bool:
    """Return whether a schema says nothing of its values, but by these other keywords."""
    return all(key in _TITLES or key in others or key.startswith("x-") for key in node)


def _types(node: Node) -> tuple[str, ...] | None:
    """Return the types without null, and without integer beside number."""
    names = [MISSPELT.get(name, name) for name in _names(node)]
    for name in names:
        if name not in TYPES:
            raise BrokenSchemaError(f"{name!r} is not a type of JSON")
    if names:
        left_out = {"null", "integer"} if "number" in names else {"null"}
        return tuple(name for name in dict.fromkeys(names) if name not in left_out)
    return () if {*map(repr, _listed(node))} == {"None"} else None


def _names(node: Node) -> list[str]:
    type_ = node.get("type")
    return [*map(str, type_)] if isinstance(type_, list) else [] if type_ is None else [str(type_)]


def _listed(node: Node) -> list[Any]:
    return [node["const"]] if "const" in node else _list(node, "enum")


def _values(node: Node, types: tuple[str, ...] | None) -> tuple[Any, ...] | None:
    """Return the listed values except null. None if none of them has one of the types, or if some are no scalars."""
    listed = _listed(node)
    if any(isinstance(value, list | dict) for value in listed):
        return None
    values = [value for value in listed if value is not None]
    if types == ("string",):  # YAML without quotes gives numbers and booleans where strings are meant
        values = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    elif types is not None:
        values = [*of_types(values, types)]
    return tuple({(type_of(value), value): value for value in values}.values()) or None


def _additional(node: Node) -> Schema | None:
    patterns, others = [*_object(node, "patternProperties").values()], node.get("additionalProperties")
    if others is None and node.get("unevaluatedProperties") is False:
        others = False
    if not patterns:
        return None if others is None else schema_of(others)
    return _any_of(patterns, others)


def _items(node: Node) -> Schema | None:
    first, others = _list(node, "prefixItems"), node.get("items")
    if not first:
        return schema_of(others) if isinstance(others, dict | bool) and others is not False else None
    is_tuple = node.get("maxItems", len(first) + 1) <= len(first)
    return _any_of(first, False if is_tuple else others)


def _any_of(schemas: list[Any], others: Any) -> Schema:
    """Return the schema of values that fit one of some schemas, or that for the others. Without that, any value."""
    branches = [*schemas, others] if isinstance(others, dict) else schemas
    if others is not False and not isinstance(others, dict):
        return ()
    return schema_of({"anyOf": branches} if len(branches) > 1 else branches[0])


def _is_null(node: Node) -> bool:
    """Return whether a schema allows null only."""
    if _names(node) == ["null"] or _listed(node) == [None]:
        return True
    return node.get("nullable") is True and is_only_words(node, "nullable")


def _node_of(node: Any) -> Node:
    return node if isinstance(node, dict) else _ANYTHING


def _object(node: Node, key: str) -> Node:
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def _list(node: Node, key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []
