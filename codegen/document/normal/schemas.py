"""Finds what the schemas of a document mean: through references, ``allOf`` and all spellings of null."""

from collections.abc import Iterator
from functools import reduce

from attrs import evolve

from codegen.document.normal.keywords import branches_of, is_only_words, keywords_of, parts_of, says_null, schema_of
from codegen.document.normal.meaning import DATES, Meaning, Schema, key_of, meet, type_of
from codegen.document.normal.nodes import BrokenSchemaError, Node, target

# OpenAPI 3.0 ignores the keywords beside a $ref; authors still mean these.
BESIDE_REFERENCES = {"$ref", "description", "deprecated", "nullable", "readOnly", "writeOnly"}
Pair = tuple[tuple[int, ...], tuple[int, ...]]


class Schemas:
    """The schemas of a document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._ignores_siblings = str(document.get("openapi", "")).startswith("3.0")
        # By the identities of nodes; the second keeps the nodes that are not in the document.
        self._nodes: dict[int, Meaning] = {}
        self._schemas: dict[tuple[int, ...], tuple[Schema, Meaning]] = {}
        self._nulls: dict[int, bool | None] = {}
        self._bases: dict[int, Meaning] = {}

    def meaning(self, schema: Schema) -> Meaning:
        """Return what a schema says of its values other than null.

        Raises:
            BrokenSchemaError: A reference leads to nothing, or a type does not exist.
        """
        key = key_of(schema)
        if key not in self._schemas:
            meanings = [node if isinstance(node, Meaning) else self._meaning_of(node) for node in schema]
            self._schemas[key] = schema, reduce(meet, meanings, Meaning())
        return self._schemas[key][1]

    def base(self, meaning: Meaning) -> Meaning:
        """Return the meaning without its unions and words. It is the same object for the same meaning."""
        if id(meaning) not in self._bases:
            self._bases[id(meaning)] = evolve(meaning, unions=(), words={})
        return self._bases[id(meaning)]

    def allows_null(self, schema: Schema) -> bool | None:
        """Return whether a schema allows null. None if it does not say.

        What a schema says itself comes before what its parts say. All its parts have to allow null, or one branch.
        """
        return _all([self._allows_null(node) for node in schema if not isinstance(node, Meaning)])

    def reference(self, schema: Schema) -> str:
        """Return the reference that a schema is no more than. Empty if there is none.

        A reference beside other keywords counts if they do not narrow it. A reference to a component that is only
        another reference gives the latter.
        """
        nodes = [node for node in schema if not isinstance(node, Meaning)]
        if len(schema) == len(nodes) == 1 and (alias := self._alias_of(nodes[0])):
            return self.final(alias)
        wanted = self.meaning(schema)
        references = [ref for node in nodes for ref in self.references(node)]
        return next((self.final(ref) for ref in references if self.is_same(self.meaning(self.at(ref)), wanted)), "")

    def final(self, ref: str) -> str:
        """Return the reference itself, or that which its target is another name for."""
        seen: set[str] = set()
        while alias := self._alias_of(self._target(ref)):
            if ref in seen:
                raise BrokenSchemaError(f"the reference {ref!r} leads back to itself")
            seen.add(ref)
            ref = alias
        return ref

    def at(self, ref: str) -> Schema:
        """Return the schema that a reference leads to."""
        return schema_of(target(self._document, ref))

    def references(self, node: Node) -> Iterator[str]:
        """Yield the references of a schema and of its parts."""
        if "$ref" in node:
            yield str(node["$ref"])
        for part in self._parts_of(node):
            yield from self.references(part)

    def is_same(self, one: Meaning, two: Meaning, known: frozenset[Pair] = frozenset(), *, but: str = "") -> bool:
        """Return whether two schemas say the same of their values, but perhaps what is ``but``."""
        if (
            _type_set(one) != _type_set(two)
            or _value_set(one) != _value_set(two)
            or ({one.format, two.format} & DATES and one.format != two.format)
            or one.properties.keys() != two.properties.keys()
            or (but != "required" and {*one.required} != {*two.required})
            or [*map(len, one.unions)] != [*map(len, two.unions)]
        ):
            return False
        branches = [pair for unions in zip(one.unions, two.unions, strict=True) for pair in zip(*unions, strict=True)]
        children: list[tuple[Schema | None, Schema | None]] = [
            *((one.properties[name], two.properties[name]) for name in one.properties),
            *((schema_of(first), schema_of(second)) for first, second in branches),
            (one.additional, two.additional),
            (one.items, two.items),
        ]
        return all(self._is_same(first, second, known) for first, second in children)

    def _is_same(self, one: Schema | None, two: Schema | None, known: frozenset[Pair]) -> bool:
        if one is None or two is None:
            return one is two
        pair = key_of(one), key_of(two)
        if pair[0] == pair[1] or pair in known:
            return True
        is_null = [self.allows_null(schema) is True for schema in (one, two)]
        return is_null[0] == is_null[1] and self.is_same(self.meaning(one), self.meaning(two), known | {pair})

    def _meaning_of(self, node: Node) -> Meaning:
        if id(node) not in self._nodes:
            self._nodes[id(node)] = Meaning()  # an allOf that leads back to itself says nothing more
            try:
                self._nodes[id(node)] = self._read(node)
            except BrokenSchemaError:
                del self._nodes[id(node)]
                raise
        return self._nodes[id(node)]

    def _read(self, node: Node) -> Meaning:
        said = self._said(node)
        parts = [self._meaning_at(str(node["$ref"]))] if "$ref" in node else []
        parts += [self._meaning_of(part) for part in self._parts_of(node)]
        own = keywords_of(said)
        for branches, _ in branches_of(said):
            if not branches:
                own = evolve(own, types=())
            elif len(branches) > 1:
                own = evolve(own, unions=(*own.unions, tuple(branches)))
        meaning = reduce(meet, [*parts, own], Meaning())
        # A value of a branch of a union fits the union.
        others = tuple(union for union in meaning.unions if not any(self._leads_to(branch, node) for branch in union))
        return evolve(meaning, unions=others)

    def _meaning_at(self, ref: str) -> Meaning:
        schema = self.at(ref)
        try:
            return self.meaning(schema)
        except BrokenSchemaError as error:
            raise BrokenSchemaError(str(error) if str(error).startswith("#/") else f"{ref}: {error}") from None

    def _leads_to(self, branch: Node, node: Node) -> bool:
        return "$ref" in branch and self._target(self.final(branch["$ref"])) is node

    def _said(self, node: Node) -> Node:
        """Return a node without the keywords that this version of OpenAPI ignores."""
        if "$ref" in node and self._ignores_siblings:
            return {key: value for key, value in node.items() if key in BESIDE_REFERENCES}
        return node

    def _parts_of(self, node: Node) -> list[Node]:
        """Return the parts of ``allOf``, and the only branches of unions, null apart."""
        said = self._said(node)
        return [*parts_of(said), *(branches[0] for branches, _ in branches_of(said) if len(branches) == 1)]

    def _target(self, ref: str) -> Node:
        node = target(self._document, ref)
        return node if isinstance(node, dict) else {}

    def _alias_of(self, node: Node) -> str:
        """Return the reference that a schema is another name for. Empty if it is none."""
        said = self._said(node)
        if is_only_words(said, "$ref", "nullable") and "$ref" in said:
            return str(said["$ref"])
        parts, unions = self._parts_of(node), branches_of(said)
        is_alone = len(parts) == 1 and all(len(branches) == 1 for branches, _ in unions)
        is_alone = is_alone and is_only_words(said, "allOf", "anyOf", "oneOf", "nullable")
        return self._alias_of(parts[0]) if is_alone else ""

    def _allows_null(self, node: Node) -> bool | None:
        if id(node) not in self._nulls:
            self._nulls[id(node)] = None
            said = self._said(node)
            own = says_null(said)
            unions = [
                True if has_null else _any([self._allows_null(branch) for branch in branches])
                for branches, has_null in branches_of(said)
            ]
            parts = [*(self.at(said["$ref"]) if "$ref" in said else ()), *parts_of(said)]
            if own is None and True not in unions:
                own = _all([*unions, *(self._allows_null(part) for part in parts if not isinstance(part, Meaning))])
            self._nulls[id(node)] = own or True in unions or own
        return self._nulls[id(node)]


def _all(states: list[bool | None]) -> bool | None:
    return False if False in states else True if True in states else None


def _any(states: list[bool | None]) -> bool | None:
    return True if True in states else None if None in states else False


def _type_set(meaning: Meaning) -> set[str] | None:
    return None if meaning.json_types is None else {*meaning.json_types}


def _value_set(meaning: Meaning) -> set[tuple[str, object]] | None:
    return None if meaning.values is None else {(type_of(value), value) for value in meaning.values}
