"""Reads the schemas of a document: their keywords, references, ``allOf``, and all spellings of null."""

from functools import reduce
from typing import Any

from attrs import evolve

from codegen.document.normal.meaning import Meaning, Schema, meet, type_of
from codegen.document.normal.nodes import (
    JSON_TYPES,
    NULL,
    SCALARS,
    WORDS,
    BrokenSchemaError,
    list_in,
    object_in,
    target,
)
from codegen.document.reading import Node

# OpenAPI 3.0 ignores the keywords beside a $ref; authors still mean these.
BESIDE_REFERENCES = {"description", "deprecated", "nullable", "readOnly", "writeOnly"}
# Without them, the normal form allows more values.
PASSED_OVER = {"not", "if", "dependentSchemas", "patternProperties", "prefixItems", "unevaluatedProperties"}


class Schemas:
    """The schemas of a document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._parts: dict[str, Part] = {}  # by the references to them
        self.ignores_siblings = str(document.get("openapi", "")).startswith("3.0")

    def of(self, node: Any) -> Schema:
        """Return a node in the place of a schema as a schema. One that is no object allows any value."""
        return (Part(self, node),) if isinstance(node, dict) and node else ()

    def at(self, ref: str) -> "Part":
        """Return the part that a reference leads to.

        Raises:
            BrokenSchemaError: The reference leads to nothing in the document.
        """
        if ref not in self._parts:
            found = target(self._document, ref)
            self._parts[ref] = Part(self, found if isinstance(found, dict) else {}, ref)
        return self._parts[ref]

    def referred(self, ref: str) -> Meaning:
        """Return what a reference says. Its component is the last one, if components are other names for others."""
        try:
            meaning = self.at(ref).meaning
        except BrokenSchemaError as error:
            return Meaning(problem=str(error))
        return evolve(meaning, component=meaning.component if meaning.is_reference else ref, is_more=False)


class Part:
    """A node of a document in the place of a schema.

    Attributes:
        ref: The reference to it, if it was found by one.
    """

    def __init__(self, schemas: Schemas, node: Node, ref: str = "") -> None:
        self._schemas = schemas
        self._node = node
        self._meaning: Meaning | None = None
        self.ref = ref

    @property
    def meaning(self) -> Meaning:
        """What it says of its values."""
        if self._meaning is None:
            self._meaning = Meaning(problem=f"the reference {self.ref!r} leads back to itself")
            self._meaning = self._read()
        return self._meaning

    def _read(self) -> Meaning:
        node = self._node
        meanings = []
        if "$ref" in node:
            meanings.append(self._schemas.referred(str(node["$ref"])))
            if self._schemas.ignores_siblings:
                node = {key: node[key] for key in node.keys() & BESIDE_REFERENCES}
        meanings += [meaning_of(self._schemas.of(part)) for part in list_in(node, "allOf")]
        own = self._keywords(node)
        meaning = reduce(meet, [*meanings, own], Meaning())
        if self.ref:  # a value of a branch of a union fits the union
            meaning = evolve(meaning, unions=tuple(union for union in meaning.unions if not self._is_in(union)))
        # What a schema says itself of null comes before what its parts say.
        says_null = node.get("nullable") is True or "null" in (own.types or ()) or None in (own.values or ())
        return meaning.or_null(self._schemas.of(NULL)) if says_null else meaning

    def _is_in(self, union: tuple[Schema, ...]) -> bool:
        return any(part._node.get("$ref") == self.ref for schema in union for part in schema)  # noqa: SLF001 - its own

    def _keywords(self, node: Node) -> Meaning:
        """Return what the keywords of a node say, without its reference and ``allOf``."""
        passed_over = [key for key in PASSED_OVER if key in node]
        types = _types(node)
        if types and not JSON_TYPES.issuperset(types):
            passed_over.append("type")
            types = None
        values = [node["const"]] if "const" in node else list_in(node, "enum")
        if not {*map(type_of, values)} <= {"null", *(types or SCALARS)}:
            passed_over.append("enum")
            values = []
        others = node.get("additionalProperties")
        items = () if "prefixItems" in node else node.get("items")
        examples = [*([node["example"]] if "example" in node else []), *list_in(node, "examples")]
        return Meaning(
            types=types,
            values=tuple(values) or None,
            is_const="const" in node,
            format=str(node.get("format", "")),
            properties={name: self._schemas.of(one) for name, one in object_in(node, "properties").items()},
            required=tuple(map(str, list_in(node, "required"))),
            additional=self._schemas.of(others) if others not in (None, False) else None,
            is_closed=others is False and "patternProperties" not in node,
            items=None if items is None else self._schemas.of(items),
            unions=tuple(self._union(node[key]) for key in ("anyOf", "oneOf") if _says_something(list_in(node, key))),
            discriminator=object_in(node, "discriminator"),
            words={key: node[key] for key in WORDS & node.keys()} | ({"examples": examples} if examples else {}),
            passed_over=frozenset(passed_over),
        )

    def _union(self, branches: list[Any]) -> tuple[Schema, ...]:
        return tuple(map(self._schemas.of, branches))


def meaning_of(schema: Schema) -> Meaning:
    """Return what a schema says of its values."""
    return reduce(meet, [part.meaning for part in schema], Meaning())


def _types(node: Node) -> tuple[str, ...] | None:
    """Return the types of a schema. Without quotes, YAML gives None where "null" is meant."""
    type_ = node.get("type")
    if type_ is None and node != {"type": None}:
        return None
    types = ["null" if name is None else str(name) for name in (type_ if isinstance(type_, list) else [type_])]
    return (*types, "integer") if "number" in types else tuple(types)


def _says_something(union: list[Any]) -> bool:
    """Return whether some branches say more than what is required."""
    return any(
        isinstance(branch, dict) and branch.keys() - {"required", "not", "title", "description"} for branch in union
    )
