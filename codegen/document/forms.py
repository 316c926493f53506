"""The form of each schema of a document in normal form: what Python makes of it, and what tells its branches apart."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

from attrs import frozen

from codegen.document.normal.meaning import type_of
from codegen.document.normal.nodes import children, component_name, object_in, values_of
from codegen.document.reading import Node

# The forms for which there is a class.
CLASSES = {"record", "enum", "choice"}


@frozen
class Tags:
    """The property that says which branch of a union an object is, and the branches by the values of the property."""

    name: str
    branches: dict[Any, Node]


class Forms:
    """Finds the forms of the schemas of a document in normal form.

    A form is "any", "null", "array", "record", "map", "enum" (of strings), "listed" (other values, or a constant),
    "union" (JSON types tell the branches apart, or tags), "choice" (nothing does), or the type of a scalar.
    """

    def __init__(self, document: Node) -> None:
        self.document = document

    def of(self, schema: Node) -> str:
        """Return the form of a schema, null apart."""
        schema = self.resolved(schema)
        type_ = str(schema.get("type", "any"))
        if "anyOf" in schema:
            types = [*map(self.json_types, schema["anyOf"])]
            counts = Counter(chain.from_iterable(types))
            if self.tags(schema):
                counts["object"] = 1
            return "any" if not all(types) else "union" if max(counts.values()) == 1 else "choice"
        if type_ == "object":
            return "record" if schema.get("properties") else "map"
        if values_of(schema):
            return "enum" if type_ == "string" and "enum" in schema else "listed"
        return type_

    def resolved(self, schema: Node) -> Node:
        """Return a schema, or the component to which it refers, perhaps by another."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][component_name(schema["$ref"])]
        return schema

    def reachable(self, schemas: Iterable[Node]) -> Iterable[Node]:
        """Return schemas, and all to which they lead, each once."""
        found: dict[int, Node] = {}
        new = [*schemas]
        for schema in map(self.resolved, new):
            if id(schema) not in found:
                found[id(schema)] = schema
                new += children(schema)  # which are the next
        return found.values()

    def json_types(self, schema: Node) -> set[str]:
        """Return the JSON types of the values except null. Empty for any type."""
        schema = self.resolved(schema)
        if "anyOf" in schema:
            types = [*map(self.json_types, schema["anyOf"])]
            return set().union(*types) if all(types) else set()
        type_ = schema.get("type", "null")
        return {"number" if type_ == "integer" else type_} - {"null"}

    def inner_types(self, schema: Node, type_: str) -> set[str]:
        """Return the JSON types of what the arrays or the objects that a schema allows contain."""
        schema = self.resolved(schema)
        branches = map(self.resolved, schema.get("anyOf", [schema]))
        inner = [child for branch in branches if branch.get("type") == type_ for child in children(branch)]
        return set().union(*map(self.json_types, inner))

    def tags(self, union: Node) -> Tags | None:
        """Return the tags of the objects of a union. None if there are none, or fewer than two objects.

        They are the values of the property of the discriminator, or else of a property whose values each branch lists.
        The values that a branch lists come before those that the discriminator gives it, which are those of its mapping
        and the name of the component.
        """
        union = self.resolved(union)
        objects = [branch for branch in union["anyOf"] if "object" in self.json_types(branch)]
        if len(objects) < 2 or any(self.of(branch) != "record" for branch in objects):  # noqa: PLR2004
            return None
        discriminator = union.get("discriminator", {})
        given = [_given(discriminator, branch) if discriminator else [] for branch in objects]
        records = [self.resolved(branch)["properties"] for branch in objects]
        has_default = bool(discriminator) and "mapping" not in discriminator
        for name in [str(discriminator.get("propertyName"))] if discriminator else sorted(records[0]):
            listed = [self._listed(properties.get(name, {}), has_default=has_default) for properties in records]
            for values in ([own or others for own, others in zip(listed, given, strict=True)], given):
                pairs = [(value, branch) for branch, own in zip(objects, values, strict=True) for value in own]
                branches = dict(pairs)
                # Each object has a tag, no two have the same, and all are of one JSON type.
                if all(values) and len(branches) == len(pairs) and len({*map(type_of, branches)}) == 1:
                    return Tags(name, branches)
        return None

    def _listed(self, tag: Node, *, has_default: bool) -> list[Any]:
        """Return the values that a tag lists. Many vendors write it as the default, in place of a mapping."""
        inner = self.resolved(tag)
        default = {**inner, **tag}.get("default") if has_default else None
        return values_of(inner) or ([] if default is None else [default])


def _given(discriminator: Node, branch: Node) -> list[str]:
    """Return the tags that a discriminator gives a branch: those in its mapping, and the name of its component.

    For a tag, the mapping has the name, or a reference or an address that ends with it.
    """
    name = component_name(branch["$ref"]) if "$ref" in branch else branch.get("title")
    mapping = object_in(discriminator, "mapping")
    tags = [tag for tag, ref in mapping.items() if component_name(str(ref).rpartition("/")[2]) == name]
    return [*tags, name] if name and name not in mapping else tags
