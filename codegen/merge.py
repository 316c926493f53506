"""Merges the documents of several pages into one, the same whatever their order, and refuses contradictions."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runtime import pointer
from spec import METHODS, Spec, SpecError

# Keys that may differ from page to page, as may those that begin with "x-": no request and no response depends on them.
WORDING = {"description", "example", "examples", "externalDocs", "info", "operationId", "summary", "tags", "title"}
# Objects whose keys are names of the API, so that a property "title" is not taken for wording.
NAMED = {"$defs", "callbacks", "content", "definitions", "dependentRequired", "dependentSchemas", "encoding", "headers"}
NAMED |= {"links", "mapping", "patternProperties", "properties", "responses", "scopes", "security", "variables"}
DATA = {"const", "default"}
ORDERED = {"prefixItems", "servers"}
ABSENT = object()

Place = tuple[str, ...]


def merged(pages: Mapping[str, Spec]) -> Spec:
    """Return one document for those of several pages. The wording is that of the page whose paths come first.

    Raises:
        SpecError: Pages contradict each other; the message has each of the places.
    """
    parts: dict[Place, tuple[str, Any]] = {}
    # The contradictory statements, each with the first page that makes it.
    said: dict[tuple[Place, str], str] = {}
    # An order that does not depend on the addresses of the pages.
    for page in sorted(pages, key=lambda page: (sorted(pages[page].get("paths", {})), json.dumps(pages[page]))):
        for place, part in _parts(pages[page]):
            first_page, first = parts.setdefault(place, (page, part))
            for at, before, now in _contradictions(_meaning(first), _meaning(part), place):
                said.setdefault((at, before), first_page)
                said.setdefault((at, now), page)
    said |= {(place, "one operation under two names"): parts[place][0] for place in _twins(parts)}
    if said:
        lines = [f"  {page}: {pointer(place)} is {what}" for (place, what), page in said.items()]
        raise SpecError("\n".join(["the pages contradict each other:", *lines]))
    spec: Spec = parts.pop(())[1]
    for place in sorted(parts, key=lambda one: (one[0] != "paths", one)):
        holder = spec
        for step in place[:-1]:
            holder = holder.setdefault(step, {})
        holder[place[-1]] = parts[place][1]
    return spec


def _parts(spec: Spec) -> Iterator[tuple[Place, Any]]:
    """Yield what pages may have in common: operations, their paths, components, and the rest of the document."""
    yield (), {name: one for name, one in spec.items() if name not in {"paths", "components"}}
    for path, item in spec.get("paths", {}).items():
        if not path.startswith("x-"):
            yield ("paths", path), {name: one for name, one in item.items() if name not in METHODS}
            yield from ((("paths", path, method), item[method]) for method in METHODS if method in item)
    for kind, components in spec.get("components", {}).items():
        if not kind.startswith("x-"):
            yield from ((("components", kind, name), one) for name, one in components.items())


def _meaning(node: Any, holder: str = "") -> Any:
    """Return what a part of a document says of the API, without wording and order. ``holder`` is the key above it."""
    if holder in DATA:
        return node
    if isinstance(node, list):
        items = [_meaning(one, holder) for one in node]
        return items if holder in ORDERED else sorted(items, key=repr)
    if not isinstance(node, dict):
        return node
    if holder in NAMED:
        return {name: _meaning(node[name]) for name in sorted(node)}
    kept = sorted(name for name in node if name not in WORDING and not name.startswith("x-"))
    return {name: _meaning(node[name], name) for name in kept}


def _contradictions(one: Any, other: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    """Yield where two parts differ, and what each says there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from _contradictions(one.get(name, ABSENT), other.get(name, ABSENT), (*place, name))
    else:
        before, now = ("absent" if node is ABSENT else json.dumps(node) for node in (one, other))
        if before != now:
            yield place, before, now


def _twins(parts: Iterable[Place]) -> Iterator[Place]:
    """Yield operations whose paths differ in nothing but the names in braces."""
    seen: dict[Place, Place] = {}
    for place in sorted(place for place in parts if place[:1] == ("paths",) and len(place) > 2):  # noqa: PLR2004
        twin = seen.setdefault((re.sub(r"\{[^}]*\}", "{}", place[1]), place[2]), place)
        if twin != place:
            yield from (twin, place)
