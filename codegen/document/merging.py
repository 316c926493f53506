"""Merges the documents of several pages into one, independently of their order.

What pages have in common may differ in its wording and its spelling. Where two of them differ in meaning, by the normal
form, the merge is refused, unless ``codegen/settled.yaml`` says which page is right.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from osvi_runtime import pointer

from codegen.document.normal import normal
from codegen.document.reading import METHODS, DataFileError, Node, SpecError

# Keys that may differ from page to page, like those that begin with "x-": no request and no response depends on them.
WORDING = {"description", "example", "examples", "externalDocs", "info", "operationId", "summary", "tags", "title"}
WORDING |= {"place"}  # of a schema in normal form
# Objects whose keys are names of the API. A property "title" of such an object is not wording.
NAMED = {"$defs", "callbacks", "content", "definitions", "dependentRequired", "dependentSchemas", "encoding", "headers"}
NAMED |= {"links", "mapping", "patternProperties", "properties", "responses", "scopes", "security", "variables"}
DATA = {"const", "default"}
ORDERED = {"prefixItems", "servers"}
# What each page says, or is silent about. What else a document says of itself is wording.
OF_DOCUMENT = ("externalDocs", "info", "security", "servers", "tags")

Place = tuple[str, ...]
# A part with its place, as a page writes it. The parts, by what their places have in common and the addresses of pages.
Written = tuple[Place, Any]
Parts = dict[Place, dict[str, Written]]
# What pages mean by one part, by the addresses of the pages.
Meanings = dict[str, Any]


def merged(pages: Mapping[str, Node], settled: Mapping[str, Any], read: Mapping[str, str] | None = None) -> Node:
    """Return one document for those of several pages. The wording is that of the page whose paths sort first.

    Args:
        pages: The documents, by the addresses of the pages.
        settled: The content of ``settled.yaml``. Entries where pages do not contradict each other have no effect.
        read: The addresses of the pages that were read now, by other names that ``settled.yaml`` may have. None if it
            is not known.

    Raises:
        DataFileError: An entry of ``settled.yaml`` has no page or no reason.
        SpecError: Pages contradict each other. The message names all places, and the lines for ``settled.yaml``.
    """
    parts = _common(pages)
    right: dict[Place, set[str]] = {}
    unsettled: dict[Place, Meanings] = {}
    for same, meanings in _contradictions(parts, pages).items():
        written = parts[same]
        settling = {_right(place, settled) for place, _ in written.values()}
        right[same] = {(read or {}).get(page, page) for page in settling} & written.keys()
        if not right[same]:
            unsettled[_first(written)[0]] = meanings
    if unsettled:
        old = [page for page in pages if read and page not in read.values()]
        raise SpecError(_refusal(unsettled, old))
    spec: Node = {"openapi": max(page["openapi"] for page in pages.values())}
    for same in sorted(parts, key=lambda place: (place[0] not in OF_DOCUMENT, place[0] != "paths", place)):
        place, part = parts[same][min(right[same])] if same in right else _first(parts[same])
        if part is not None:
            *steps, name = place
            parent = spec
            for step in steps:
                parent = parent.setdefault(step, {})
            parent[name] = part
    return spec


def unneeded(pages: Mapping[str, Node], settled: Iterable[str]) -> list[str]:
    """Return the places in ``settled.yaml`` where pages do not contradict each other."""
    parts = _common(pages)
    needed = {pointer(place) for same in _contradictions(parts, pages) for place, _ in parts[same].values()}
    return [place for place in settled if place not in needed]


def _common(pages: Mapping[str, Node]) -> Parts:
    """Return the parts that pages have in common, by their places, and by the addresses of the pages."""
    parts: Parts = {}
    # The pages are sorted in an order that does not depend on their addresses.
    for page in sorted(pages, key=lambda page: (sorted(pages[page].get("paths", {})), json.dumps(pages[page]))):
        for place, part in _parts(pages[page]):
            # Two paths that differ in the names in braces alone are one.
            same = tuple(re.sub(r"\{[^}]*\}", "{}", step) for step in place)
            parts.setdefault(same, {})[page] = place, part
    return parts


def _contradictions(parts: Parts, pages: Mapping[str, Node]) -> dict[Place, Meanings]:
    """Return the places where pages differ in meaning, with one page for each meaning."""
    found: dict[Place, Meanings] = {}
    for same, written in parts.items():
        meanings: Meanings = {}
        if any(other != _first(written) for other in written.values()):
            for page, (place, part) in written.items():
                meaning = _meaning_of(place, part, pages[page])
                meanings |= {} if meaning in meanings.values() else {page: meaning}
        if len(meanings) > 1:
            found[same] = meanings
    return found


def _first(written: Mapping[str, Written]) -> Written:
    return next(iter(written.values()))


def _parts(spec: Node) -> Iterator[tuple[Place, Any]]:
    """Yield the parts that pages may have in common: keys of the document, paths, operations and components."""
    yield from (((name,), spec.get(name)) for name in OF_DOCUMENT)
    for path, item in spec.get("paths", {}).items():
        if not path.startswith("x-"):
            yield ("paths", path), {name: node for name, node in item.items() if name not in METHODS} or None
            yield from ((("paths", path, method), item[method]) for method in METHODS if method in item)
    yield from ((("webhooks", name), node) for name, node in spec.get("webhooks", {}).items())
    for kind, components in spec.get("components", {}).items():
        if not kind.startswith("x-"):
            yield from ((("components", kind, name), node) for name, node in components.items())


def _meaning_of(place: Place, part: Any, page: Node) -> Any:
    """Return what a page means by a part, in normal form if a request or a response may depend on it."""
    path, schema = "/", {"content": {"application/json": {"schema": part}}}
    match place:
        case ("paths", path, _):
            operation = part
        case ("components", "schemas", _):
            operation = {"requestBody": schema}
        case ("components", "responses", _):
            operation = {"responses": {"200": part}}
        case ("components", "parameters", _):
            operation = {"parameters": [part]}
        case ("components", "requestBodies", _):
            operation = {"requestBody": part}
        case _:
            return None if _is_wording(place[0]) else _without_wording(part, place[-1])
    # In a document with an operation that has nothing else.
    found = normal({**page, "paths": {path: {"get": operation}}}).document["operations"]
    made: Node = next(iter(found.values()), {})
    return _without_wording(made["requestBody"]["schema"] if place[1] == "schemas" else made)


def _right(place: Place, settled: Mapping[str, Any]) -> str:
    """Return the page that is right at a place. Empty if that is not settled."""
    entry = settled.get(pointer(place), {"page": "", "reason": "none"})
    if not isinstance(entry, dict) or "page" not in entry or not entry.get("reason"):
        raise DataFileError(f"codegen/settled.yaml: {pointer(place)}: needs the page that is right, and a reason")
    return str(entry["page"])


def _refusal(contradictions: Mapping[Place, Meanings], old: Iterable[str]) -> str:
    """Return a text that says where pages contradict each other, and to read the old ones or to settle it."""
    lines, to_settle = [], []
    for place, meanings in sorted(contradictions.items()):
        (first, known), *others = meanings.items()
        for page, meaning in others:
            found = _differing(known, meaning, place)
            lines += [f"{pointer(where)}: {was} in {first}, {is_} in {page}" for where, was, is_ in found]
        to_settle += [f"{json.dumps(pointer(place))}: {json.dumps({'page': page, 'reason': ''})}" for page in meanings]
    problem = "\n  ".join(["the pages contradict each other:", *lines])
    if old:
        title = "Not read now, but kept from before; give them to the same update, or to codegen/pages.yaml:"
        return problem + "\n" + "\n  ".join([title, *old])
    title = "To settle it, add the line of the page that is right to codegen/settled.yaml, with the reason:"
    head = "# Which page is right where pages contradict each other, with the reason."
    return problem + "\n" + "\n  ".join([title, head, *to_settle])


def _without_wording(node: Any, key: str = "") -> Any:
    """Return the part of a document that is at a key, without wording, and with lists sorted if their order is free."""
    if key in DATA:
        return node
    if isinstance(node, list):
        items = [_without_wording(item, key) for item in node]
        return items if key in ORDERED else sorted(items, key=repr)
    if not isinstance(node, dict):
        return node
    if key in NAMED:
        return {name: _without_wording(node[name]) for name in sorted(node)}
    return {name: _without_wording(node[name], name) for name in sorted(node) if not _is_wording(name)}


def _is_wording(name: str) -> bool:
    return name in WORDING or name.startswith("x-")


def _differing(one: Any, other: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    """Yield the innermost places where two parts differ, with what each has there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from _differing(one.get(name), other.get(name), (*place, name))
    elif one != other:
        was, is_ = ("nothing" if side is None else json.dumps(side) for side in (one, other))
        yield place, was, is_
