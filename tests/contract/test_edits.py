"""The lock and the checks, checked: each edit of the spec in ``edits.yaml`` is told as it should be, or not at all."""

import copy
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import changes
import checks
import pytest
import surface
from ruamel.yaml import YAML
from spec import load, resolve
from support import need_generate_sh

ROOT = Path(__file__).resolve().parents[2]
EDITS: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("edits.yaml"))
PLACES = EDITS.pop("places")
# Not openapi.yaml, which grows: the vendor's document as it was when the edits were written, and a larger one.
SPECS = {name: load(ROOT / "tests" / "specs" / f"{name}.yaml") for name in ("first", "large")}


@attrs.frozen
class Edit:
    """An edit: the document, what is changed, and what is said of it."""

    kind: str
    name: str
    changed: dict[str, Any]
    base: str = "first"
    said: str = ""

    @property
    def document(self) -> Any:
        """The document after the edit."""
        root = {"": copy.deepcopy(SPECS[self.base])}
        for key, patch in self.changed.items():
            source, _, target = key.partition(" -> ")
            holder, last = find(root, source)
            old = holder.pop(last) if target or patch is None else held(holder, last)
            if target:
                put(*find(root, target), old)
            elif patch is not None:
                put(holder, last, merged(old, patch))
        return root[""]


def find(root: Any, place: str) -> tuple[Any, Any]:
    """Return what holds a place, and the key or the index in it."""
    name, *steps = place.split(".")
    holder: Any = root
    last: Any = ""
    for step in [*PLACES[name], *steps]:
        holder, last = resolve(root[""], held(holder, last)), step
        if isinstance(holder, list) and step != "+":
            names = [one.get("name") if isinstance(one, dict) else None for one in holder]
            last = names.index(step) if step in names else int(step)
    return holder, last


def held(holder: Any, last: Any) -> Any:
    """Return what is at a place; where there is nothing yet, an empty object that is put there."""
    return holder.setdefault(last, {}) if isinstance(holder, dict) else {} if last == "+" else holder[last]


def put(holder: Any, last: Any, value: Any) -> None:
    if last == "+":
        holder.append(value)
    else:
        holder[last] = value


def merged(old: Any, patch: Any) -> Any:
    """Return a value with a patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    old = old if isinstance(old, dict) else {}
    changed = {key: merged(old.get(key), one) for key, one in patch.items() if one is not None}
    return {key: changed.get(key, one) for key, one in old.items() if key not in patch or key in changed} | changed


def edits() -> Iterator[Edit]:
    """Yield all of them."""
    session = SPECS["first"]["components"]["schemas"]["ChatV1Session"]["properties"]
    buckets = resolve(SPECS["first"], session["metadata"])["properties"]
    each = [(one, f"session.{one}", "ChatSession") for one in session]
    each += [(one, f"buckets.{one}", "SessionMetadata") for one in buckets]
    for title, group in EDITS.items():
        kind, _, rest = title.partition(" ")
        base = "large" if rest == "in large.yaml" else "first"
        for name, place, owner in each if rest == "for each property" else [("", "", "")]:
            text = json.dumps(group).replace("PLACE", place).replace("OWNER", owner).replace("NAME", name)
            for edit, changed in json.loads(text).items():
                said = next((changed.pop(key) for key in ("finds", "gains", "why") if key in changed), "")
                yield Edit(kind, edit, changed, base, said)


ALL = list(edits())


@attrs.frozen
class Outcome:
    """What became of an edit: why it was refused, what is found, and what users gain."""

    refused: str
    found: list[str]
    gained: list[str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Outcome]:
    """Generate them all at once, which takes some seconds; the outcomes are by the numbers of the edits."""
    need_generate_sh()
    folder = tmp_path_factory.mktemp("edits")
    documents = {**SPECS, **{str(number): edit.document for number, edit in enumerate(ALL)}}
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    command = [
        "bash",
        f"{ROOT}/generate.sh",
        "--into",
        f"{folder}/made",
        *(f"{folder}/{name}.json" for name in documents),
    ]
    subprocess.run(command, check=True, capture_output=True)

    def outcome(name: str, edit: Edit) -> Outcome:
        made = folder / "made" / name
        if (refused := made / "refused.txt").exists():
            return Outcome(refused.read_text(encoding="utf-8"), [], [])
        promised, there = (surface.read(folder / "made" / one / "surface.txt") for one in (edit.base, name))
        found = [*changes.findings(promised, {*there}), *checks.findings(documents[name])]
        return Outcome("", found, list(changes.gains(surface.added(promised, {*there}), promised)))

    return {number: outcome(str(number), edit) for number, edit in enumerate(ALL)}


@pytest.mark.parametrize("number", range(len(ALL)), ids=[f"{edit.kind}: {edit.name}" for edit in ALL])
def test_an_edit_is_told_as_it_should_be(outcomes: dict[int, Outcome], number: int) -> None:
    edit, outcome = ALL[number], outcomes[number]

    assert bool(outcome.refused) == (edit.kind == "refused"), outcome.refused
    assert bool(outcome.found) == (edit.kind == "breaking"), outcome.found
    assert edit.said in "\n".join([outcome.refused, *outcome.found, *outcome.gained])
    assert edit.kind != "wording" or outcome.gained == []
