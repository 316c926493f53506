"""Edits of a spec as data: how a line of ``edits.yaml`` changes a document."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import osvi
from osvi_openapi.spec import SPEC_SHA256, TOKEN_HEADER
from osvi_runtime import Record
from ruamel.yaml import YAML

from codegen.document.normal.nodes import target as node_at
from codegen.document.reading import Node, load

ROOT = Path(__file__).resolve().parents[2]
OURS = load(ROOT / "openapi.yaml")
# Not openapi.yaml, which grows: the vendor's document as it was when the edits were written, and a larger one. Their
# token is in the header of today, on which the wrapper relies.
FIRST, LARGE = (load(ROOT / "tests" / "specs" / f"{name}.yaml") for name in ("first", "large"))
for one in (FIRST, LARGE):
    one["components"]["securitySchemes"]["ApiToken"]["name"] = TOKEN_HEADER
EACH = ", ".join(map(json.dumps, Record(osvi.ChatSession).properties))
TEXT = Path(__file__).with_name("edits.yaml").read_text(encoding="utf-8").replace("TOKEN_HEADER", TOKEN_HEADER.lower())
TEXT = TEXT.replace("X_NEVER", f"X{SPEC_SHA256[:8]}")  # a name that no document has had
GROUPS: dict[str, Any] = YAML(typ="safe", pure=True).load(TEXT.replace("EACH_PROPERTY", EACH))
PLACES, HARMLESS = GROUPS.pop("places"), GROUPS.pop("harmless")


def with_edits(document: Node, changed: Mapping[str, Any]) -> Node:
    """Return a copy of a document with these edits, each a place and what is put there."""
    root = {"": copy.deepcopy(document)}
    for key, patch in changed.items():
        source, _, target = key.partition(" -> ")
        holder, last = _find(root, source)
        old = holder.pop(last) if target or patch is None else _held(holder, last)
        if target:
            _put(*_find(root, target), old)
        elif patch is not None:
            _put(holder, last, _merged(old, patch))
    return root[""]


def resolve(document: Node, node: Any) -> Any:
    """Return a node, or the target of its reference."""
    while isinstance(node, dict) and "$ref" in node:
        node = node_at(document, node["$ref"])
    return {} if node is None else node


def parts(document: Node, node: Any) -> list[Any]:
    """Return a node, or the target of its reference, and those of its `allOf`, in which the vendor may say the same."""
    node = resolve(document, node)
    inner = node.get("allOf", []) if isinstance(node, dict) else []
    return [node, *(part for one in inner for part in parts(document, one))]


def _find(root: Any, place: str) -> tuple[Any, Any]:
    """Return the object or the list that holds a place, and the key or the index in it."""
    name, *steps = place.split(".")
    found: list[tuple[Any, Any]] = [(root, "")]
    for step in [*PLACES[name], *steps]:
        holders = [part for holder, last in found for part in parts(root[""], _held(holder, last))]
        having = [holder for holder in holders if isinstance(holder, list) or step in holder]
        found = [(holder, _index(holder, step)) for holder in having or holders[:1]]
    return found[0]


def _index(holder: Any, step: str) -> str | int:
    """Return a step as a key, or as the index in a list: of what has that name, or the number."""
    if not isinstance(holder, list) or step == "+":
        return step
    names = [one.get("name") if isinstance(one, dict) else None for one in holder]
    return names.index(step) if step in names else int(step)


def _held(holder: Any, last: Any) -> Any:
    """Return the value at a place; if there is none yet, an empty object that is put there."""
    return holder.setdefault(last, {}) if isinstance(holder, dict) else {} if last == "+" else holder[last]


def _put(holder: Any, last: Any, value: Any) -> None:
    if last == "+":
        holder.append(value)
    else:
        holder[last] = value


def _merged(old: Any, patch: Any) -> Any:
    """Return a value with a patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    old = old if isinstance(old, dict) else {}
    changed = {key: _merged(old.get(key), one) for key, one in patch.items() if one is not None}
    return {key: changed.get(key, one) for key, one in old.items() if key not in patch or key in changed} | changed
