"""Merges the documents of several pages into one, independently of their order.

What pages have in common may have grown on one of them: optional properties and values of enums are taken from all.
Other differences are contradictions, and refused, unless ``codegen/settled.yaml`` says what is right.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from osvi_runtime import MISSING, pointer

from codegen.document.reading import METHODS, DataFileError, Node, SpecError

# Keys that may differ from page to page, like those that begin with "x-": no request and no response depends on them.
WORDING = {"description", "example", "examples", "externalDocs", "info", "operationId", "summary", "tags", "title"}
# Objects whose keys are names of the API. A property "title" of such an object is not wording.
NAMED = {"$defs", "callbacks", "content", "definitions", "dependentRequired", "dependentSchemas", "encoding", "headers"}
NAMED |= {"links", "mapping", "patternProperties", "properties", "responses", "scopes", "security", "variables"}
DATA = {"const", "default"}
ORDERED = {"prefixItems", "servers"}
BRANCHES = {"allOf", "anyOf", "oneOf"}
NULL = {"type": "null"}
ABSENT = "absent"
TWO_NAMES = "one operation under two names"

Place = tuple[str, ...]
# The nodes that pages have at one place, by the addresses of the pages.
Nodes = Mapping[str, Any]


def merged(pages: Mapping[str, Node], settled: Mapping[str, Any]) -> Node:
    """Return one document for those of several pages. The wording is that of the page whose paths sort first.

    Args:
        pages: The documents, by the addresses of the pages.
        settled: The content of ``settled.yaml``.

    Raises:
        SpecError: Pages contradict each other. The message names all places, and the lines for ``settled.yaml``.
    """
    parts: dict[Place, dict[str, Any]] = {}
    # The pages are sorted in an order that does not depend on their addresses.
    for page in sorted(pages, key=lambda page: (sorted(pages[page].get("paths", {})), json.dumps(pages[page]))):
        for place, part in _parts(pages[page]):
            parts.setdefault(place, {})[page] = part
    merger = _Merger(settled)
    merger.leave_out_duplicates(parts)
    spec: Node = {"openapi": max(page["openapi"] for page in pages.values()), **merger.joined(parts.pop(()), ())}
    for place in sorted(parts, key=lambda place: (place[0] != "paths", place)):
        parent = spec
        for step in place[:-1]:
            parent = parent.setdefault(step, {})
        parent[place[-1]] = merger.joined(parts[place], place)
    merger.check()
    return spec


class _Merger:
    """Joins the nodes of several pages, and collects the contradictions.

    Args:
        settled: The content of ``settled.yaml``.
    """

    def __init__(self, settled: Mapping[str, Any]) -> None:
        self._settled = settled
        # Of each place, the first page with each of the contents that contradict each other.
        self._contradictions: dict[Place, dict[str, str]] = {}

    def joined(self, nodes: Nodes, place: Place, key: str = "") -> Any:
        """Return one node for those of several pages. ``key`` is the keyword before them."""
        contents: dict[str, str] = {}
        for page, node in nodes.items():
            contents.setdefault(_content(node, key), page)
        values = [*nodes.values()]
        if len(contents) == 1:
            return values[0]
        if (right := self._right(place, key)) in contents:
            return nodes[contents[right]]
        if key not in DATA and all(isinstance(node, dict) for node in values):
            return self._joined_objects(nodes, place, key)
        if key == "enum" and all(isinstance(node, list) for node in values):
            return [*{json.dumps(value): value for node in values for value in node}.values()]
        if key in BRANCHES and all(isinstance(node, list) and len(node) == len(values[0]) for node in values):
            positions = range(len(values[0]))
            return [self.joined({page: nodes[page][at] for page in nodes}, (*place, str(at))) for at in positions]
        self._contradictions[place] = contents
        return values[0]

    def _joined_objects(self, nodes: Nodes, place: Place, key: str) -> Node:
        objects = {page: node if key in NAMED else _with_null(node) for page, node in nodes.items()}
        joined = {}
        for name in dict.fromkeys(name for node in objects.values() for name in node):
            if key not in NAMED and _is_wording(name):
                pages = [*objects][:1]
            else:
                # A property that only some pages have is optional, or "required" differs too.
                pages = [page for page in objects if name in objects[page] or key != "properties"]
            parts = {page: objects[page].get(name, MISSING) for page in pages}
            joined[name] = self.joined(parts, (*place, name), "" if key in NAMED else name)
        return {name: part for name, part in joined.items() if part is not MISSING}

    def leave_out_duplicates(self, parts: dict[Place, dict[str, Any]]) -> None:
        """Delete the names of operations that are settled as absent. Other operations with two names contradict."""
        for place in [*_duplicates(parts)]:
            if self._right(place) == ABSENT:
                del parts[place]
                if not any(other[:2] == place[:2] and other != place[:2] for other in parts):
                    del parts[place[:2]]
        self._contradictions |= {place: {TWO_NAMES: next(iter(parts[place]))} for place in _duplicates(parts)}

    def _right(self, place: Place, key: str = "") -> str | None:
        """Return the content that is right at a place. None if that is not settled."""
        if (entry := self._settled.get(pointer(place))) is None:
            return None
        if not isinstance(entry, dict) or not entry.get("reason") or not entry.keys() & {"is", "absent"}:
            raise DataFileError(f"codegen/settled.yaml: {pointer(place)}: needs a reason, and is: or absent: true")
        return _content(entry.get("is", MISSING), key)

    def check(self) -> None:
        """Refuse the contradictions.

        Raises:
            SpecError: There are some.
        """
        lines, lines_to_settle = [], []
        for place, contents in self._contradictions.items():
            for content, page in contents.items():
                right = {"absent": True} if content in {ABSENT, TWO_NAMES} else {"is": json.loads(content)}
                lines.append(f"  {page}: {pointer(place)} is {content}")
                lines_to_settle.append(f"  {json.dumps(pointer(place))}: {json.dumps({**right, 'reason': ''})}")
        if lines:
            title = "To settle it, add the line of what is right to codegen/settled.yaml, with the reason:"
            raise SpecError("\n".join(["the pages contradict each other:", *lines, title, *lines_to_settle]))


def _parts(spec: Node) -> Iterator[tuple[Place, Any]]:
    """Yield the parts that pages may have in common: operations, paths, components, and the rest of the document."""
    yield (), {name: spec[name] for name in spec if name not in {"openapi", "paths", "components", "webhooks"}}
    for path, item in spec.get("paths", {}).items():
        if not path.startswith("x-"):
            yield ("paths", path), {name: node for name, node in item.items() if name not in METHODS}
            yield from ((("paths", path, method), item[method]) for method in METHODS if method in item)
    yield from ((("webhooks", name), node) for name, node in spec.get("webhooks", {}).items())
    for kind, components in spec.get("components", {}).items():
        if not kind.startswith("x-"):
            yield from ((("components", kind, name), node) for name, node in components.items())


def _content(node: Any, key: str) -> str:
    """Return what is at a key, without wording, as a text."""
    return ABSENT if node is MISSING else json.dumps(_meaning(node, key), sort_keys=True)


def _meaning(node: Any, key: str = "") -> Any:
    """Return the part of a document that is at a key, without wording, and with lists sorted if their order is free."""
    if key in DATA:
        return node
    if isinstance(node, list):
        items = [_meaning(item, key) for item in node]
        return items if key in ORDERED else sorted(items, key=repr)
    if not isinstance(node, dict):
        return node
    if key in NAMED:
        return {name: _meaning(node[name]) for name in sorted(node)}
    return {name: _meaning(part, name) for name, part in sorted(_with_null(node).items()) if not _is_wording(name)}


def _is_wording(name: str) -> bool:
    return name in WORDING or name.startswith("x-")


def _with_null(schema: Node) -> Node:
    """Return a schema with null as OpenAPI 3.1 writes it, among the types or the branches, also if 3.0 wrote it."""
    result = {"anyOf" if name == "oneOf" and NULL in part else name: part for name, part in schema.items()}
    if result.pop("nullable", False) is not True:
        return result
    if isinstance(schema.get("type"), str):
        return {**result, "type": [schema["type"], "null"]}
    if len(schema.get("allOf", ())) == 1:
        return {"anyOf": [*result.pop("allOf"), NULL], **result}
    return schema


def _duplicates(parts: Iterable[Place]) -> Iterator[Place]:
    """Yield the operations whose paths differ only in the names in braces."""
    seen: dict[Place, Place] = {}
    for place in sorted(place for place in parts if place[:1] == ("paths",) and len(place) > 2):  # noqa: PLR2004
        first = seen.setdefault((re.sub(r"\{[^}]*\}", "{}", place[1]), place[2]), place)
        if first != place:
            yield from (first, place)
