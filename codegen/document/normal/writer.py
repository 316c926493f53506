"""Writes schemas in normal form.

A schema in normal form is one of these, with annotations beside it:

- ``{}``, which allows any value;
- a ``type`` that is a scalar, with ``format``, ``const`` or ``enum``;
- an array with ``items``;
- an object with ``properties``, ``required`` and ``additionalProperties``;
- ``anyOf`` with two or more of these, with ``discriminator``; the ``title`` of a branch names the component it narrows;
- a ``$ref`` to a component, which does not allow null itself;
- ``anyOf: [schema, null]``.
"""

from typing import Any

from codegen.document.normal.keywords import object_in, schema_of
from codegen.document.normal.meaning import DECISIVE, NEVER, Meaning, Schema, key_of
from codegen.document.normal.nodes import (
    COMPONENTS,
    NULL,
    BrokenSchemaError,
    Finding,
    below,
    component_name,
    reference_to,
)
from codegen.document.normal.schemas import Schemas
from codegen.document.normal.unions import SCALARS, branches, listed, union_of
from codegen.document.reading import Node


class Writer:
    """Writes the schemas of a document in normal form.

    Attributes:
        notes: The schemas that allow more values in normal form, since it cannot express them.
        broken: The schemas that are wrong. In normal form, they allow any value.
    """

    def __init__(self, document: Node) -> None:
        self.notes: list[Finding] = []
        self.broken: list[Finding] = []
        self._schemas = Schemas(document)
        self._refs: dict[str, str] = {}  # by the names of the components
        self._new: list[str] = []  # the components that are not written yet
        self._open: set[tuple[int, ...]] = set()

    def schema(self, node: Any, place: str) -> Node:
        """Return a schema of the document in normal form. ``place`` is where it stands."""
        return self._schema(schema_of(node), place)

    def components(self) -> dict[str, Node]:
        """Return the components that the schemas refer to, in normal form, by their names."""
        written: dict[str, Node] = {}
        while self._new:
            name = self._new.pop()
            schema = self._schemas.at(self._refs[name])
            meaning = self._schemas.meaning(schema)
            body = self._body(meaning, "", key_of(schema), below(COMPONENTS, name))
            written[name] = body | self._words(meaning, "")
        return written

    def _schema(self, schema: Schema, place: str, *, is_branch: bool = False) -> Node:
        try:
            meaning, ref = self._schemas.meaning(schema), self._schemas.reference(schema)
            allows_null = not is_branch and self._schemas.allows_null(schema)
            body, words = self._body(meaning, ref, key_of(schema), place), self._words(meaning, ref)
        except BrokenSchemaError as error:
            self.broken.append(Finding(place, str(error)))
            return {}
        if meaning.is_never and allows_null:
            return NULL | words
        if meaning.is_never:
            self.notes.append(Finding(place, "its parts have no value in common"))
        return ({"anyOf": [body, NULL]} if allows_null and body else body) | words

    def _words(self, meaning: Meaning, ref: str) -> Node:
        """Return the annotations of a schema. A reference has those that differ from its target, and the directions."""
        others = self._schemas.meaning(self._schemas.at(ref)).words if ref else {}
        kept = {word: one for word, one in meaning.words.items() if word.endswith("Only") or others.get(word) != one}
        return {word: kept[word] for word in sorted(kept) if word != "discriminator"}

    def _body(self, meaning: Meaning, ref: str, key: tuple[int, ...], place: str) -> Node:
        if meaning.is_never:
            return {}
        if ref:
            final = self._schemas.final(ref)
            name = component_name(final)
            if name not in self._refs:
                self._refs[name] = final
                self._new.append(name)
            return reference_to(name)
        if key in self._open:
            self.notes.append(Finding(place, "it contains itself"))
            return {}
        self._open.add(key)
        try:
            return self._inline(meaning, place)
        finally:
            self._open.discard(key)

    def _inline(self, meaning: Meaning, place: str) -> Node:
        if meaning.values is not None:
            return listed(meaning.values, is_const=meaning.is_const)
        rows = branches(self._schemas, meaning)
        if rows is None:
            self.notes.append(Finding(place, "its unions have too many combinations"))
            return {}
        nodes = [self._branch(row, below(place, "anyOf", index)) for index, row in enumerate(rows)]
        nodes = nodes or [self._typed(meaning, type_, place) for type_ in meaning.json_types or ()]
        node = union_of(nodes, self._scalar_of) if nodes else {}
        discriminator = meaning.words.get("discriminator")
        if "anyOf" in node and isinstance(discriminator, dict):
            # A tag has the name of a component, or a reference or an address that ends with it.
            names = {tag: str(ref).rpartition("/")[2] for tag, ref in object_in(discriminator, "mapping").items()}
            mapping = {tag: component_name(f"{COMPONENTS}/{name}") for tag, name in names.items()}
            node["discriminator"] = {"propertyName": str(discriminator.get("propertyName")), "mapping": mapping}
        return node

    def _branch(self, row: Schema, place: str) -> Node:
        node = self._schema(row, place, is_branch=True)
        refs = [ref for one in row if not isinstance(one, Meaning) for ref in self._schemas.references(one)]
        return node if "$ref" in node or not refs else {**node, "title": component_name(refs[0])}

    def _typed(self, meaning: Meaning, type_: str, place: str) -> Node:
        if type_ == "object":
            return self._object(meaning, place)
        if type_ == "array":
            return {"type": type_, "items": self._schema(meaning.items or (), below(place, "items"))}
        is_formatted = meaning.format and (type_ == "string" or meaning.format not in DECISIVE)
        return {"type": type_} | ({"format": meaning.format} if is_formatted else {})

    def _object(self, meaning: Meaning, place: str) -> Node:
        node: Node = {"type": "object"}
        is_closed = NEVER in (meaning.additional or ())
        if meaning.properties:
            # What is required and not declared is one of the other properties.
            other = () if is_closed else meaning.additional or ()
            properties = dict.fromkeys([*meaning.properties, *meaning.required], other) | {**meaning.properties}
            names = properties.items()
            node["properties"] = {name: self._schema(one, below(place, "properties", name)) for name, one in names}
        if meaning.required:
            node["required"] = [*meaning.required]
        if meaning.additional is not None:
            others = False if is_closed else self._schema(meaning.additional, below(place, "additionalProperties"))
            node["additionalProperties"] = others if others or is_closed else True
        return node

    def _scalar_of(self, node: Node) -> Node:
        """Return the target of a reference if it is a scalar or any value, or else the schema itself."""
        if "$ref" not in node:
            return node
        ref = self._refs[component_name(node["$ref"])]
        meaning = self._schemas.meaning(self._schemas.at(ref))
        is_scalar = not meaning.unions and {*(meaning.json_types or ())} <= {*SCALARS}
        return self._inline(meaning, ref) if is_scalar else node
