"""Schemas in normal form for openapi-python-client; see ``generator_input``."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from codegen.document.forms import CLASSES, Forms, Tags
from codegen.document.naming import enum_names
from codegen.document.normal.meaning import DATES
from codegen.document.normal.nodes import COMPONENTS, NULL, Node, below, component_name, is_nullable


@frozen
class Unnamed:
    """A class that has no name yet. Its owner is a name, or the place of another class."""

    owner: str
    name: str
    depth: int
    form: str
    schema: Node
    written: Node


class SchemaWriter:
    """Writes the schemas of a document in normal form for the generator.

    Attributes:
        classes: The classes, by their places.
        maps: The maps, whose places are their indices.
        references: The references, whose targets have no names yet, with the places of the targets.
        listed: The values that schemas list, by the places of the schemas.
        tags: The tags of unions, by the places of the unions.
        circular: The places of schemas that contain themselves without a class between.
    """

    def __init__(self, document: Node) -> None:
        self._forms = Forms(document)
        self.classes: dict[str, Unnamed] = {}
        self.maps: list[Node] = []
        self.references: list[tuple[Node, str]] = []
        self.listed: dict[str, list[Any]] = {}
        self.tags: dict[str, Tags] = {}
        self.circular: set[str] = set()
        self._components: Node = document["components"]["schemas"]
        self._places: dict[int, str] = {}  # of the schemas that are classes
        self._inline: dict[str, Node | None] = {}  # the components that have no class; None for those that are begun
        for name, schema in self._components.items():
            if self._forms.of(schema) in CLASSES:
                self._class(schema, "", name, below(COMPONENTS, name))

    def place_of(self, schema: Node) -> str:
        """Return the place of a class."""
        return self._places[id(self._forms.resolved(schema))]

    def schema(self, schema: Node, owner: str, name: str, place: str) -> Node:
        """Return a schema for the generator. A class gets its name from ``owner`` and ``name``."""
        if is_nullable(schema):
            return _with_null(self.schema(schema["anyOf"][0], owner, name, place))
        if "$ref" in schema:
            return self._component(component_name(schema["$ref"]))
        form = self._forms.of(schema)
        if form in CLASSES:
            return self._class(schema, owner, name, place)
        if form == "union":
            return self._union(schema, owner, name, place)
        if form == "array":
            items = self.schema(schema["items"], owner, f"{name}_item", below(place, "items"))
            return {"type": "array", "items": items}
        if form == "map":
            return self._map(schema, owner, name, place)
        if form == "listed":
            self.listed[place] = _values(schema)
            return {"type": schema["type"], "example": place}
        if form == "any":
            return {}
        return {"type": form} | ({"format": schema["format"]} if schema.get("format") in DATES else {})

    def _component(self, name: str) -> Node:
        schema, place = self._components[name], below(COMPONENTS, name)
        if self._forms.of(schema) in CLASSES:
            return self._reference(place)
        if name not in self._inline:
            self._inline[name] = None
            self._inline[name] = self.schema(schema, "", name, place)
        written = self._inline[name]
        if written is None:
            self.circular.add(place)
        return written or {}

    def _union(self, schema: Node, owner: str, name: str, place: str) -> Node:
        branches = [
            self.schema(branch, owner, f"{name}_{subscript}", below(place, subscript))
            for subscript, branch in self._branches(schema)
        ]
        union: Node = {"anyOf": [inner for branch in branches for inner in branch.get("anyOf", [branch])]}
        if tags := self._forms.tags(schema):
            self.tags[place] = tags
            union["example"] = place
        return union

    def _map(self, schema: Node, owner: str, name: str, place: str) -> Node:
        others = schema.get("additionalProperties")
        schema = others if isinstance(others, dict) else {}
        name, place = f"{name}_additional_property", below(place, "additionalProperties")
        self.maps.append({"type": "object", "additionalProperties": self.schema(schema, owner, name, place)})
        return self._reference(str(len(self.maps) - 1))

    def _class(self, schema: Node, owner: str, name: str, place: str) -> Node:
        form = self._forms.of(schema)
        depth = self.classes[owner].depth + 1 if owner in self.classes else int(place != below(COMPONENTS, name))
        written: Node = {"type": "object"}
        self.classes[place] = Unnamed(owner, name, depth, form, schema, written)
        self._places[id(schema)] = place
        if form == "enum":
            names = enum_names(schema["enum"])
            written |= {"type": "string", "enum": schema["enum"], "x-enum-varnames": [*names.values()]}
        elif form == "choice":
            branches = [
                self.schema(branch, place, subscript, below(place, subscript))
                for subscript, branch in self._branches(schema)
            ]
            written["properties"] = {f"p{index}": branch for index, branch in enumerate(branches)}
        else:
            properties = [
                self.schema(one, place, spec_name, below(place, "properties", spec_name))
                for spec_name, one in schema["properties"].items()
            ]
            written["properties"] = {f"p{index}": one for index, one in enumerate(properties)}
        written["required"] = [*written.get("properties", ())]
        return self._reference(place)

    def _branches(self, union: Node) -> Iterator[tuple[str, Node]]:
        """Yield the branches of a union with subscripts: the tag, the name of the component narrowed, or a number."""
        tags = self._forms.tags(union)
        by_branch = {id(branch): str(tag) for tag, branch in sorted(tags.branches.items())} if tags else {}
        for index, branch in enumerate(union["anyOf"]):
            yield by_branch.get(id(branch)) or branch.get("title") or f"type_{index}", branch

    def _reference(self, place: str) -> Node:
        reference: Node = {"$ref": ""}
        self.references.append((reference, place))
        return reference


def _values(schema: Node) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema["enum"])


def _with_null(schema: Node) -> Node:
    """Return a schema for the generator with null."""
    if not schema or schema == NULL:
        return schema
    return {**schema, "anyOf": [*schema["anyOf"], NULL]} if "anyOf" in schema else {"anyOf": [schema, NULL]}
