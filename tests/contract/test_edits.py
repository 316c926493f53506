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

ROOT = Path(__file__).resolve().parents[2]
EDITS: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("edits.yaml"))
PLACES = EDITS.pop("places")
SPECS = {"openapi.yaml": load(ROOT / "openapi.yaml"), "large.yaml": load(ROOT / "tests" / "specs" / "large.yaml")}


@attrs.frozen
class Edit:
    """An edit: the document, what is changed, and what is said of it."""

    kind: str
    name: str
    changed: dict[str, Any]
    base: str = "openapi.yaml"
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
    holder, last = root, ""
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
    for title, group in EDITS.items():
        kind, _, base = title.partition(" in ")
        for name, edit in group.items():
            said = next((edit.pop(key) for key in ("finds", "gains", "why") if key in edit), "")
            if title != "breaking for each property":
                yield Edit(kind, name, edit, base or "openapi.yaml", said)
                continue
            session = SPECS["openapi.yaml"]["components"]["schemas"]["ChatV1Session"]["properties"]
            buckets = resolve(SPECS["openapi.yaml"], session["metadata"])["properties"]
            for owner, place, names in (("ChatSession", "session", session), ("SessionMetadata", "buckets", buckets)):
                for one in names:
                    words = {"PLACE": f"{place}.{one}", "OWNER": owner, "NAME": one}
                    replaced = json.dumps([name, edit, said])
                    for word, value in words.items():
                        replaced = replaced.replace(word, value)
                    yield Edit("breaking", *json.loads(replaced)[:2], said=json.loads(replaced)[2])


ALL = list(edits())


@attrs.frozen
class Outcome:
    """What became of an edit: why it was refused, what is found, and what users gain."""

    refused: str
    found: list[str]
    gained: list[str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Outcome]:
    """Generate them all at once, which takes a few seconds."""
    folder = tmp_path_factory.mktemp("edits")
    documents = {one: folder / f"{index}.json" for index, one in enumerate(SPECS)}
    documents |= {(one.kind, one.name): folder / f"{index + 2}.json" for index, one in enumerate(ALL)}
    for key, path in documents.items():
        edit = next((one for one in ALL if (one.kind, one.name) == key), None)
        path.write_text(json.dumps(edit.document if edit else SPECS[str(key)]), encoding="utf-8")
    command = ["bash", ROOT / "generate.sh", "--into", folder / "made", *documents.values()]
    subprocess.run(command, check=True, capture_output=True)
    made = {key: folder / "made" / path.stem for key, path in documents.items()}

    def outcome(edit: Edit) -> Outcome:
        refused, there = made[edit.kind, edit.name] / "refused.txt", made[edit.kind, edit.name] / "surface.txt"
        if refused.exists():
            return Outcome(refused.read_text(encoding="utf-8"), [], [])
        promised, facts = surface.read(made[edit.base] / "surface.txt"), {*surface.read(there)}
        found = [*changes.findings(promised, facts), *(one for check in checks.CHECKS for one in check(edit.document))]
        return Outcome("", found, list(changes.gains(surface.added(promised, facts), promised)))

    return {(one.kind, one.name): outcome(one) for one in ALL}


@pytest.mark.parametrize("edit", ALL, ids=lambda edit: f"{edit.kind}: {edit.name}")
def test_an_edit_is_told_as_it_should_be(outcomes: dict[tuple[str, str], Outcome], edit: Edit) -> None:
    outcome = outcomes[edit.kind, edit.name]

    assert bool(outcome.refused) == (edit.kind == "refused"), outcome.refused
    assert bool(outcome.found) == (edit.kind == "breaking"), outcome.found
    assert any(edit.said in one for one in [outcome.refused, *outcome.found, *outcome.gained]), outcome
    if edit.kind == "wording":
        assert outcome.gained == []
