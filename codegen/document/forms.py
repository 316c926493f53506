"""The form of each schema of a document in normal form: what Python makes of it, and what tells its branches apart."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from codegen.document.normal.meaning import type_of
from codegen.document.normal.nodes import component_name, is_nullable
from codegen.document.normal.unions import values_of
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
        self._components: dict[str, Node] = document["components"]["schemas"]
        self._forms: dict[int, str] = {}

    def of(self, schema: Node) -> str:
        """Return the form of a schema, null apart."""
        schema = self.resolved(schema)
        if id(schema) not in self._forms:
            self._forms[id(schema)] = "any"  # a union that contains only itself
            self._forms[id(schema)] = self._form(schema)
        return self._forms[id(schema)]

    def _form(self, schema: Node) -> str:
        if "anyOf" in schema:
            return self._form_of_union(schema)
        type_ = str(schema.get("type", "any"))
        if type_ == "object":
            return "record" if schema.get("properties") else "map"
        if "enum" in schema or "const" in schema:
            return "enum" if type_ == "string" and "enum" in schema else "listed"
        return type_

    def _form_of_union(self, schema: Node) -> str:
        types = [self.json_types(branch) for branch in schema["anyOf"]]
        counts = Counter(type_ for some in types for type_ in some)
        if counts["object"] > 1 and self.tags(schema):
            counts["object"] = 1
        return "any" if not all(types) else "union" if max(counts.values()) == 1 else "choice"

    def resolved(self, schema: Node) -> Node:
        """Return a schema, or the target of its reference, without null."""
        while "$ref" in schema or is_nullable(schema):
            schema = self._components[component_name(schema["$ref"])] if "$ref" in schema else schema["anyOf"][0]
        return schema

    def json_types(self, schema: Node) -> set[str]:
        """Return the JSON types of the values except null. Empty for any type."""
        form, schema = self.of(schema), self.resolved(schema)
        if form in {"any", "null"}:
            return set()
        if "anyOf" in schema:
            return {type_ for branch in schema["anyOf"] for type_ in self.json_types(branch)}
        return {"number" if schema["type"] == "integer" else schema["type"]}

    def item_types(self, schema: Node) -> set[str]:
        """Return the JSON types of the items of the arrays that a schema allows."""
        schema = self.resolved(schema)
        items = [schema["items"]] if "items" in schema else []
        types = [self.json_types(one) for one in items] + [self.item_types(one) for one in schema.get("anyOf", ())]
        return set().union(*types)

    def property_types(self, schema: Node) -> set[str]:
        """Return the JSON types of the properties of the objects that a schema allows, declared or not."""
        schema = self.resolved(schema)
        others = schema.get("additionalProperties")
        properties = [*schema.get("properties", {}).values(), *([others] if isinstance(others, dict) else [])]
        types = [*map(self.json_types, properties), *map(self.property_types, schema.get("anyOf", ()))]
        return set().union(*types)

    def tags(self, union: Node) -> Tags | None:
        """Return the tags of the objects of a union. None if there are none, or fewer than two objects.

        They are the values of the property of the discriminator, or else of a property whose values each branch lists.
        The values that a branch lists come before those that the discriminator gives it, which are those of its mapping
        and the name of the component.
        """
        union = self.resolved(union)
        branches = [branch for branch in union["anyOf"] if "object" in self.json_types(branch)]
        if len(branches) == 1 and "anyOf" in self.resolved(branches[0]):
            return self.tags(branches[0])
        objects, named = self._objects(union), union.get("discriminator", {})
        if len(objects) < 2 or any(self.of(one) != "record" for one in objects):  # noqa: PLR2004
            return None
        names = [named["propertyName"]] if named else sorted(self.resolved(objects[0])["properties"])
        titles = [component_name(one["$ref"]) if "$ref" in one else one.get("title") for one in objects]
        mapping = named.get("mapping", {})
        pairs = [*mapping.items(), *((title, title) for title in titles if title not in mapping)] if named else []
        given = [[tag for tag, title in pairs if title == own] for own in titles]
        for name in names:
            values = [self._listed(one, name) or tags for one, tags in zip(objects, given, strict=True)]
            if tags := _tags(name, objects, values) or _tags(name, objects, given):
                return tags
        return None

    def _objects(self, union: Node, within: tuple[int, ...] = ()) -> list[Node]:
        """Return the branches of a union that are objects, also those of the unions in it."""
        union = self.resolved(union)
        if id(union) in within:  # pragma: no cover - the normal form lets no union be a branch of itself
            return []
        found = []
        for branch in union["anyOf"]:
            if "anyOf" in self.resolved(branch) and self.json_types(branch) == {"object"}:
                found += self._objects(branch, (*within, id(union)))
            elif "object" in self.json_types(branch):
                found.append(branch)
        return found

    def _listed(self, record: Node, name: str) -> list[Any]:
        """Return the values that a record lists for a property."""
        return values_of(self.resolved(self.resolved(record)["properties"].get(name, {})))


def _tags(name: str, objects: list[Node], values: Iterable[list[Any]]) -> Tags | None:
    """Return the tags if each object has one, no two have the same, and all are of one JSON type."""
    pairs = [(value, one) for one, some in zip(objects, values, strict=True) for value in some or [None]]
    is_distinct = len({value for value, _ in pairs}) == len(pairs) and len({type_of(value) for value, _ in pairs}) == 1
    return Tags(name, dict(pairs)) if is_distinct and all(value is not None for value, _ in pairs) else None
