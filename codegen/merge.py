"""Merges the documents of several pages into one, the same whatever their order, and refuses contradictions."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runtime import pointer
from spec import METHODS, Spec, SpecError

# What may differ from page to page: it changes nothing of what is sent and received. So may keys that begin with "x-".
WORDING = {"description", "example", "examples", "externalDocs", "info", "operationId", "summary", "tags", "title"}
# What holds names of the API, so that a property "title" is not taken for wording.
NAMED = {"$defs", "callbacks", "content", "definitions", "dependentRequired", "dependentSchemas", "encoding", "headers"}
NAMED |= {"links", "mapping", "patternProperties", "properties", "responses", "scopes", "security", "variables"}
DATA = {"const", "default"}
ORDERED = {"prefixItems", "servers"}
ABSENT = object()

Place = tuple[str, ...]


def merged(pages: Mapping[str, Spec]) -> Spec:
    """Return one document for those of several pages. The wording is that of the page whose operations come first.

    Raises:
        SpecError: pages contradict each other, with each of the places.
    """
    parts: dict[Place, tuple[str, Any]] = {}
    # The pages that say it, by where it is and what they say there.
    contradictions: dict[tuple[Place, str], list[str]] = {}
    for page in sorted(pages, key=lambda one: _rank(pages[one])):
        for place, part in _parts(pages[page]):
            first_page, first = parts.setdefault(place, (page, part))
            for at, *said in _contradictions(_meaning(first), _meaning(part), place):
                for who, what in zip((first_page, page), said, strict=True):
                    contradictions.setdefault((at, what), []).append(who)
    for place, twin in _twins(parts):
        for at in (place, twin):
            contradictions.setdefault((at, "one operation under two names"), []).append(parts[at][0])
    if contradictions:
        lines = [f"  {_listed(who)}: {pointer(at)} is {what}" for (at, what), who in contradictions.items()]
        raise SpecError("\n".join(["the pages contradict each other:", *lines]))
    spec: Spec = parts.pop(())[1]
    for place in sorted(parts, key=lambda one: (one[0] != "paths", one)):
        holder = spec
        for step in place[:-1]:
            holder = holder.setdefault(step, {})
        holder[place[-1]] = parts[place][1]
    return spec


def _rank(spec: Spec) -> tuple[list[Place], str]:
    """Return what orders the pages. It does not depend on where they are."""
    return sorted(place for place, _ in _parts(spec) if place[:1] == ("paths",)), json.dumps(spec)


def _parts(spec: Spec) -> Iterator[tuple[Place, Any]]:
    """Yield what pages may have in common: operations, what they share, components, and the rest of the document."""
    yield (), {name: one for name, one in spec.items() if name not in {"paths", "components"}}
    for path, item in _without_extensions(spec.get("paths", {})):
        yield ("paths", path), {name: one for name, one in item.items() if name not in METHODS}
        yield from ((("paths", path, method), item[method]) for method in METHODS if method in item)
    for kind, components in _without_extensions(spec.get("components", {})):
        yield from ((("components", kind, name), one) for name, one in components.items())


def _without_extensions(node: Spec) -> Iterator[tuple[str, Any]]:
    return ((name, one) for name, one in node.items() if not name.startswith("x-"))


def _meaning(node: Any, holder: str = "") -> Any:
    """Return what part of a document says of the API, in an order of its own. ``holder`` is the key that has it."""
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
    elif _shown(one) != _shown(other):
        yield place, _shown(one), _shown(other)


def _twins(parts: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield operations that differ in nothing but the names in the braces of their paths."""
    seen: dict[Place, Place] = {}
    for place in (one for one in sorted(parts) if one[:1] == ("paths",) and one[2:]):
        first = seen.setdefault((re.sub(r"\{[^}]*\}", "{}", place[1]), place[2]), place)
        if first != place:
            yield first, place


def _shown(said: Any) -> str:
    return "absent" if said is ABSENT else json.dumps(said)


def _listed(pages: list[str]) -> str:
    """Name the first of the pages that say the same."""
    others = len({*pages}) - 1
    return pages[0] + (f" and {others} more" if others else "")
