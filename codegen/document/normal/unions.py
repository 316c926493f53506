"""Unions: their branches together with what stands beside them, and the shortest way to write them."""

import json
from collections.abc import Callable, Iterable
from itertools import product
from math import prod
from typing import Any

from codegen.document.normal.keywords import WORDS
from codegen.document.normal.meaning import DECISIVE, Meaning, Schema, type_of
from codegen.document.normal.schemas import Schemas
from codegen.document.reading import Node

# Of unions beside each other, each branch of the one is combined with each of the other.
MOST_BRANCHES = 64
SCALARS = ("string", "integer", "number", "boolean")


def branches(schemas: Schemas, meaning: Meaning) -> list[Schema] | None:
    """Return the schemas of which a value has to fit one. None if there are too many.

    The list is empty if each value that fits the rest of the schema fits a branch of each union.
    """
    base = meaning.base
    unions = [union for union in meaning.unions if not _is_implied(schemas, base, union)]
    if len(unions) > 1 and prod(map(len, unions)) > MOST_BRANCHES:
        return None
    beside = () if schemas.is_same(base, Meaning()) else (base,)
    rows = [(*beside, *(node for schema in row for node in schema)) for row in product(*unions)] if unions else []
    return [row for row in rows if not schemas.meaning(row).is_never] or rows[:1]


def _is_implied(schemas: Schemas, base: Meaning, union: tuple[Schema, ...]) -> bool:
    """Return whether each value of ``base`` fits a branch, or the branches say no more than what is required."""
    rows = [schemas.meaning((base, *branch)) for branch in union]
    adds_nothing = any(schemas.is_same(row, base) for row in rows)
    others = [row for row in rows if not row.is_never]
    return adds_nothing or (
        bool(base.properties) and all(schemas.is_same(one, base, but_required=True) for one in others)
    )


def listed(values: Iterable[Any], *, is_const: bool = False) -> Node:
    """Return the schema of listed values, by their types."""
    by_type: dict[str, dict[Any, None]] = {}
    for value in values:
        name = "number" if type_of(value) == "integer" else type_of(value)
        by_type.setdefault(name, {})[value] = None
    nodes: list[Node] = []
    for name, ones in by_type.items():
        is_whole = name == "number" and all(type_of(value) == "integer" for value in ones)
        some = {"const": next(iter(ones))} if is_const and len(ones) == 1 else {"enum": [*ones]}
        nodes.append({"type": "integer" if is_whole else name, **some})
    return nodes[0] if len(nodes) == 1 else {"anyOf": nodes}


def union_of(nodes: Iterable[Node], scalar_of: Callable[[Node], Node]) -> Node:
    """Return the schema of the values that fit one of some schemas, which are in normal form and do not allow null.

    Of the scalars of one type, those that list values are united, and left out beside one that does not.

    Args:
        nodes: The schemas.
        scalar_of: Returns the target of a reference if it is a scalar, or else the schema itself.
    """
    flat = [inner for node in nodes for inner in (node["anyOf"] if {*bare(node)} == {"anyOf"} else [node])]
    if any(not bare(scalar_of(node)) for node in flat):
        return {}
    families: dict[str, list[Node]] = {}
    for index, node in enumerate(flat):
        families.setdefault(_family(scalar_of(node)) or str(index), []).append(node)
    distinct: dict[str, Node] = {}
    for members in families.values():
        for node in _united(members, scalar_of):
            distinct.setdefault(json.dumps(bare(node), sort_keys=True), node)
    return next(iter(distinct.values())) if len(distinct) == 1 else {"anyOf": [*distinct.values()]}


def bare(node: Node) -> Node:
    """Return a schema in normal form without its annotations."""
    return {key: value for key, value in node.items() if key not in {*WORDS, "title"}}


def _united(members: list[Node], scalar_of: Callable[[Node], Node]) -> list[Node]:
    """Return scalars of one type as few schemas. References to enums stay."""
    if len(members) == 1:
        return members
    if wide := [scalar["type"] for scalar in map(scalar_of, members) if not values_of(scalar)]:
        return [{"type": "number" if "number" in wide else wide[0]}]
    values = [value for node in members for value in values_of(node)]
    return [*(node for node in members if "$ref" in node), *([listed(values)] if values else [])]


def _family(node: Node) -> str:
    """Return the type of a scalar, "number" for an integer too. Empty for another schema, or a format that decides."""
    type_ = str(node.get("type", ""))
    is_scalar = type_ in SCALARS and node.get("format") not in DECISIVE
    return "number" if type_ == "integer" else type_ if is_scalar else ""


def values_of(schema: Node) -> list[Any]:
    """Return the values that a schema in normal form lists."""
    return [schema["const"]] if "const" in schema else schema.get("enum", [])
