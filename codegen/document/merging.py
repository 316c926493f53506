"""Merges the documents of several pages into one, independently of their order, and refuses contradictions."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from osvi_runtime import MISSING, pointer

from codegen.document.reading import METHODS, Node, SpecError

# Keys that may differ from page to page, like those that begin with "x-": no request and no response depends on them.
WORDING = {"description", "example", "examples", "externalDocs", "info", "operationId", "summary", "tags", "title"}
# Objects whose keys are names of the API. A property "title" of such an object is not wording.
NAMED = {"$defs", "callbacks", "content", "definitions", "dependentRequired", "dependentSchemas", "encoding", "headers"}
NAMED |= {"links", "mapping", "patternProperties", "properties", "responses", "scopes", "security", "variables"}
DATA = {"const", "default"}
ORDERED = {"prefixItems", "servers"}

Place = tuple[str, ...]


def merged(pages: Mapping[str, Node]) -> Node:
    """Return one document for those of several pages. The wording is that of the page whose paths sort first.

    Raises:
        SpecError: Pages contradict each other. The message names all places.
    """
    # Each part, with the first page that has it.
    parts: dict[Place, tuple[str, Any]] = {}
    # The first page with each of the contradictory contents of a place.
    contradictions: dict[tuple[Place, str], str] = {}
    # The pages are sorted in an order that does not depend on their addresses.
    for page in sorted(pages, key=lambda page: (sorted(pages[page].get("paths", {})), json.dumps(pages[page]))):
        for place, part in _parts(pages[page]):
            first_page, first = parts.setdefault(place, (page, part))
            for differing, before, now in _differences(_meaning(first), _meaning(part), place):
                contradictions.setdefault((differing, before), first_page)
                contradictions.setdefault((differing, now), page)
    contradictions |= {(place, "one operation under two names"): parts[place][0] for place in _duplicates(parts)}
    if contradictions:
        lines = [f"  {page}: {pointer(place)} is {content}" for (place, content), page in contradictions.items()]
        raise SpecError("\n".join(["the pages contradict each other:", *lines]))
    spec: Node = parts.pop(())[1]
    for place in sorted(parts, key=lambda place: (place[0] != "paths", place)):
        parent = spec
        for step in place[:-1]:
            parent = parent.setdefault(step, {})
        parent[place[-1]] = parts[place][1]
    return spec


def _parts(spec: Node) -> Iterator[tuple[Place, Any]]:
    """Yield the parts that pages may have in common: operations, paths, components, and the rest of the document."""
    yield (), {name: node for name, node in spec.items() if name not in {"paths", "components"}}
    for path, item in spec.get("paths", {}).items():
        if not path.startswith("x-"):
            yield ("paths", path), {name: node for name, node in item.items() if name not in METHODS}
            yield from ((("paths", path, method), item[method]) for method in METHODS if method in item)
    for kind, components in spec.get("components", {}).items():
        if not kind.startswith("x-"):
            yield from ((("components", kind, name), node) for name, node in components.items())


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
    kept = sorted(name for name in node if name not in WORDING and not name.startswith("x-"))
    return {name: _meaning(node[name], name) for name in kept}


def _differences(first: Any, second: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    """Yield each place where two parts differ, and the content of each part there."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name in sorted(first.keys() | second.keys()):
            yield from _differences(first.get(name, MISSING), second.get(name, MISSING), (*place, name))
    else:
        before, now = ("absent" if node is MISSING else json.dumps(node) for node in (first, second))
        if before != now:
            yield place, before, now


def _duplicates(parts: Iterable[Place]) -> Iterator[Place]:
    """Yield the operations whose paths differ only in the names in braces."""
    seen: dict[Place, Place] = {}
    for place in sorted(place for place in parts if place[:1] == ("paths",) and len(place) > 2):  # noqa: PLR2004
        first = seen.setdefault((re.sub(r"\{[^}]*\}", "{}", place[1]), place[2]), place)
        if first != place:
            yield from (first, place)
