"""Finds what the schemas of a document mean: through references, ``allOf`` and all spellings of null."""

from collections.abc import Iterator
from functools import reduce

from attrs import evolve

from codegen.document.normal.keywords import keywords_of, schema_of
from codegen.document.normal.meaning import ANY, Meaning, Part, Schema, meet
from codegen.document.normal.nodes import NULL, BrokenSchemaError, list_in, object_in, target
from codegen.document.reading import Node

# OpenAPI 3.0 ignores the keywords beside a $ref; authors still mean these.
BESIDE_REFERENCES = {"description", "deprecated", "nullable", "readOnly", "writeOnly"}


class Schemas:
    """The schemas of a document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._ignores_siblings = str(document.get("openapi", "")).startswith("3.0")
        self._parts: dict[str, Part] = {}  # by the references to them

    def meaning(self, schema: Schema) -> Meaning:
        """Return what a schema says of its values."""
        return reduce(meet, map(self._meaning, schema), Meaning())

    def at(self, ref: str) -> Part:
        """Return the part that a reference leads to.

        Raises:
            BrokenSchemaError: The reference leads to nothing in the document.
        """
        if ref not in self._parts:
            found = target(self._document, ref)
            self._parts[ref] = Part(found if isinstance(found, dict) else {}, ref)
        return self._parts[ref]

    def branches(
        self, schema: Schema, meaning: Meaning, within: tuple[Schema, ...] = ()
    ) -> Iterator[tuple[Schema, Meaning]]:
        """Yield the branches of a union and of the unions in it, each with what it and the keywords beside it say.

        A schema that is no union is yielded itself.
        """
        if len(meaning.unions) != 1:
            yield schema, meaning
            return
        beside = evolve(meaning, unions=(), words={}, passed_over=frozenset())
        for branch in meaning.unions[0]:
            if branch not in within:
                yield from self.branches(branch, meet(beside, self.meaning(branch)), (*within, branch))

    def discriminator(self, meaning: Meaning, within: tuple[Schema, ...] = ()) -> Node:
        """Return the discriminator of a union. Its mapping leads to the branches of the unions in it."""
        own = meaning.discriminator
        mapping = object_in(own, "mapping")
        for branch in (branch for union in meaning.unions for branch in union if branch not in within):
            inner = self.discriminator(self.meaning(branch), (*within, branch))
            if inner and inner.get("propertyName") == own.get("propertyName"):
                mapping = mapping | object_in(inner, "mapping")
        return own | {"mapping": mapping} if mapping else own

    def _meaning(self, part: Part) -> Meaning:
        if part.meaning is None:
            part.meaning = Meaning(problem=f"the reference {part.ref!r} leads back to itself")
            part.meaning = self._read(part)
        return part.meaning

    def _read(self, part: Part) -> Meaning:
        node, meanings = part.node, []
        if "$ref" in node:
            meanings.append(self._referred(str(node["$ref"])))
            if self._ignores_siblings:
                node = {key: node[key] for key in node.keys() & BESIDE_REFERENCES}
        meanings += [self.meaning(schema_of(child)) for child in list_in(node, "allOf")]
        own = keywords_of(node)
        meaning = reduce(meet, [*meanings, own], Meaning())
        # A value of a branch of a union fits the union.
        others = [union for union in meaning.unions if not _has_branch(union, part.ref)]
        meaning = evolve(meaning, unions=tuple(others))
        # What a schema says itself of null comes before what its parts say.
        says_null = (
            node.get("nullable") is True or ("null" in own.types and own.types != ANY) or None in list_in(node, "enum")
        )
        return meaning.or_null(schema_of(NULL)) if says_null else meaning

    def _referred(self, ref: str) -> Meaning:
        """Return what a reference says. If its component is another name for one, it refers to that."""
        try:
            meaning = self._meaning(self.at(ref))
        except BrokenSchemaError as error:
            return Meaning(problem=str(error))
        return evolve(meaning, component=meaning.component or ref)


def _has_branch(union: tuple[Schema, ...], ref: str) -> bool:
    return any(part.node.get("$ref") == ref for branch in union for part in branch)
