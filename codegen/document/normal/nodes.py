"""Nodes of an OpenAPI document: their places, their references, and what was found at them."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from attrs import frozen

from codegen.document.reading import METHODS, Node, SpecError

# At a schema in normal form that is wrong in the document: its place, and what is wrong.
BROKEN = "x-broken"
COMPONENTS = "#/components/schemas"
# In normal form
NULL: Node = {"type": "null"}
SCALARS = {"string", "integer", "number", "boolean"}
# The annotations that a schema in normal form has.
WORDS = ("default", "deprecated", "description", "examples", "readOnly", "writeOnly")


@frozen(order=True)
class Finding:
    """Something that a person should know about a place, which is a JSON pointer."""

    place: str
    text: str


class BrokenSchemaError(SpecError):
    """A schema refers to nothing, or has a type that does not exist. The message says what is wrong."""


def below(place: str, *steps: str | int) -> str:
    """Return the JSON pointer of a place below another."""
    return place + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def reference_to(name: str) -> Node:
    """Return a reference to a component."""
    return {"$ref": quote(below(COMPONENTS, name), safe="#/~")}


def component_name(ref: str) -> str:
    """Return the name of the component for the target of a reference, which may be anywhere in a document."""
    steps = unquote(ref.removeprefix("#/").removeprefix(COMPONENTS[2:] + "/"))
    return re.sub(r"\W+", "_", steps) if "/" in steps else steps.replace("~1", "/").replace("~0", "~")


def target(document: Node, ref: str) -> Any:
    """Return the node that a reference leads to. The node may be a reference too.

    Raises:
        BrokenSchemaError: The reference leads to nothing in this document.
    """
    node: Any = document if ref.startswith("#/") else None
    for step in unquote(ref[2:]).split("/"):
        if isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        else:
            node = node.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
    if not isinstance(node, dict | bool):
        raise BrokenSchemaError(f"the reference {ref!r} leads to nothing in this document")
    return node


def resolved(document: Node, node: Any, seen: tuple[str, ...] = ()) -> Node:
    """Return a node that is no schema, or the target of its ``$ref``. An empty node if it is none.

    Raises:
        BrokenSchemaError: The reference leads to nothing, or back to itself.
    """
    if not isinstance(node, dict):
        return {}
    if "$ref" not in node:
        return node
    ref = str(node["$ref"])
    if ref in seen:
        raise BrokenSchemaError(f"the reference {ref!r} leads back to itself")
    return resolved(document, target(document, ref), (*seen, ref))


def operation_names(document: Node) -> set[str]:
    """Return the names of the operations of a document, such as "GET /v1/agents"."""
    found: set[str] = set()
    for path, item in object_in(document, "paths").items():
        methods = item.keys() & METHODS if isinstance(item, dict) else ()
        found |= {f"{method.upper()} {path}" for method in methods}
    return found


def object_in(node: Node, key: str) -> Node:
    """Return the object at a key. An empty one if something else is there."""
    return node[key] if isinstance(node.get(key), dict) else {}


def list_in(node: Node, key: str) -> list[Any]:
    """Return the list at a key. An empty one if something else is there."""
    return node[key] if isinstance(node.get(key), list) else []


def values_of(schema: Node) -> list[Any]:
    """Return the values that a schema in normal form lists."""
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def bare(schema: Node) -> Node:
    """Return a schema in normal form without its annotations and its title."""
    return {key: schema[key] for key in schema.keys() - {"title", *WORDS}}


def children(schema: Node) -> Iterator[Node]:
    """Yield the schemas in a schema in normal form."""
    yield from schema.get("anyOf", ())
    yield from schema.get("properties", {}).values()
    yield from (schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict))
