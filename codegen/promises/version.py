"""Checks that the version is large enough for the changes since the last release, and records a release.

``released.yaml`` has what the last release promised: its version, the facts of ``surface.yaml``, and those about the
public names that are written by hand. The history of git is not read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import griffe

from codegen import CODEGEN, ROOT
from codegen.document.reading import on_disk, replace
from codegen.promises import changes, surface

CHANGELOG = ROOT / "CHANGELOG.md"
VERSION = ROOT / "wrapper" / "osvi" / "_version.py"
RELEASED = CODEGEN / "released.yaml"
HEAD = "# What the last release promised; `python -m codegen version vX.Y.Z` writes it.\n"


def current() -> str:
    """Return the version of the tree."""
    return VERSION.read_text(encoding="utf-8").split('"')[-2]


def needed(now: surface.Tree) -> tuple[str, str, list[str]]:
    """Return the last release, the lowest version that may follow it, and why: losses, or else gains.

    Before the first release, these are nothing, the version of the tree, and nothing.

    Args:
        now: What is promised from the spec.
    """
    before = surface.unpacked(on_disk(RELEASED) or b"", "codegen/released.yaml")
    if not before:
        return "", current(), []
    last = before.pop("version")
    found = [*changes.differences(before, now | {changes.BY_HAND: by_hand()})]
    lost, said = [one.text for one in found if one.is_break], [one.text for one in found if one.text]
    numbers = _numbers(last)
    raised = 0 if lost and numbers[0] else 1 if said else 2  # in 0.x, a minor release may break users
    return last, ".".join(map(str, [*numbers[:raised], numbers[raised] + 1, 0, 0][:3])), lost or said


@cache
def by_hand() -> surface.Tree:
    """Return the facts about the public names that are written by hand, by their modules."""
    return dict(_modules(griffe.load("osvi", search_paths=[ROOT / "wrapper"])))


def _modules(module: Any) -> Iterator[tuple[str, surface.Tree]]:
    names = {name: one for name, one in sorted(module.all_members.items()) if one.is_public and not name.endswith("*")}
    yield module.path, {name: _facts(one) for name, one in names.items()}
    for one in names.values():
        with suppress(griffe.AliasResolutionError):
            yield from _modules(one) if one.is_module else ()


def _facts(owner: Any) -> surface.Tree:
    """Return the facts about a name, and about those in a class. Of a name from the spec, there are none."""
    facts: surface.Tree = {}
    with suppress(griffe.AliasResolutionError):
        if owner.is_function:
            parameters = [one for one in owner.parameters if one.name != "self"]
            facts["takes"] = {one.name: f"{one.kind.value}, {one.default}" for one in parameters}
            facts["needs"] = {one.name: True for one in parameters if one.required}
        elif owner.is_class:
            facts["bases"] = {base: True for base in map(str, owner.bases) if base.isidentifier()}
            facts["has"] = {name: _facts(one) for name, one in sorted(owner.all_members.items()) if one.is_public}
    return facts


def sentence(now: surface.Tree) -> str:
    """Return which version the facts need."""
    last, least, _ = needed(now)
    return f"After v{last}, the version has to be {least} or more." if last else "There is no release yet: any version."


def raise_to_minimum() -> str:
    """Raise the version of the tree if it is too small, and return a sentence that names it."""
    version, (last, least, _) = current(), needed(surface.read())
    if _numbers(version) < _numbers(least):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, least), encoding="utf-8")
    return f"The version is {current()}; the last release is {last or 'none'}."


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def check(tag: str = "") -> int:
    """Print whether the version is large enough, and return the exit status.

    With the tag of a release, the tag must match the version, and ``CHANGELOG.md`` must have a heading for it. Then
    ``released.yaml`` is written.
    """
    version, now = current(), surface.read()
    last, least, reasons = needed(now)
    heading, is_same = f"## [{version}]", version == last and not reasons
    is_enough = is_same or _numbers(version) >= _numbers(least)
    has_heading = version == last or f"\n{heading}" in CHANGELOG.read_text(encoding="utf-8")
    if tag and tag != f"v{version}":
        print(f"The tag {tag} does not match wrapper/osvi/_version.py, which has {version}.")
        return 1
    if not has_heading:
        print(f"CHANGELOG.md has no heading {heading}; a release needs it below ## [Unreleased], above the entries.")
    print(f"{version} is {'large enough' if is_enough else 'too small'}. {sentence(now)}", *reasons, sep="\n  ")
    if not is_enough or (tag and not has_heading):
        return 1
    if tag:
        promised = {"version": version, **now, changes.BY_HAND: by_hand()}
        replace(RELEASED, surface.packed(promised, HEAD))
        print("codegen/released.yaml has what this version promises: commit it before you tag.")
    return 0
