"""Checks that the version is large enough for the changes since the last release, and records a release.

``released.yaml`` has what the last release promised: its version, the facts of ``surface.yaml``, and those about the
public names that are written by hand. The history of git is not read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import griffe

from codegen import CODEGEN, ROOT
from codegen.document.reading import replace
from codegen.promises import changes, surface

CHANGELOG = ROOT / "CHANGELOG.md"
VERSION = ROOT / "wrapper" / "osvi" / "_version.py"
RELEASED = CODEGEN / "released.yaml"
HEAD = "# What the last release promised; `python -m codegen version vX.Y.Z` writes it.\n"
MAJOR, MINOR, PATCH = range(3)
RELEASES = ("a major release, in 0.x a minor one", "a minor release", "a patch")


def current() -> str:
    """Return the version of the tree."""
    return VERSION.read_text(encoding="utf-8").split('"')[-2]


def released() -> surface.Tree:
    """Return what the last release promised. Empty before the first release."""
    return surface.unpacked(RELEASED.read_bytes() if RELEASED.exists() else b"", "codegen/released.yaml")


def changed(before: surface.Tree, now: surface.Tree) -> tuple[int, list[str]]:
    """Return the part of the version that must be raised for a change, and why: losses, or else gains."""
    before = {name: fact for name, fact in before.items() if name != "version"}
    found = [*changes.differences(before, now | {changes.BY_HAND: by_hand()})]
    if lost := [one.text for one in found if one.is_break]:
        return MAJOR, lost
    gained = [one.text for one in found if one.text]
    return (MINOR, gained) if gained else (PATCH, [])


def by_hand() -> surface.Tree:
    """Return the facts about the public names that are written by hand, by their modules."""
    return dict(_modules(griffe.load("osvi", search_paths=[ROOT / "wrapper"])))


def _modules(module: Any) -> Iterator[tuple[str, surface.Tree]]:
    facts: surface.Tree = {}
    for name, one in sorted(module.all_members.items()):
        if one.is_public and not name.endswith("*"):
            facts[name] = {}
            with suppress(griffe.AliasResolutionError):  # a name of the generated package or the runtime
                if one.is_module:
                    yield from _modules(one)
                    del facts[name]
                else:
                    facts[name] = _facts(one)
    yield module.path, facts


def _facts(owner: Any) -> surface.Tree:
    """Return the facts about a name, and about those in a class."""
    facts: surface.Tree = {"is": owner.kind.value}
    if owner.is_function:
        parameters = [one for one in owner.parameters if one.name != "self"]
        facts["takes"] = {one.name: f"{one.kind.value}, {one.default}" for one in parameters}
        facts["needs"] = {one.name: True for one in parameters if one.required}
    elif owner.is_class:
        facts["bases"] = {base: True for base in map(str, owner.bases) if base.isidentifier()}
        facts["has"] = {name: _facts(one) for name, one in sorted(owner.all_members.items()) if one.is_public}
    return {title: part for title, part in facts.items() if part}


def needed_for(now: surface.Tree) -> str:
    """Return a sentence that says which version the facts of a package need."""
    if not (before := released()):
        return "There is no release yet, so no version is demanded."
    part, _ = changed(before, now)
    return f"After {before['version']}, this takes {RELEASES[part]}: {minimum(before['version'], part)} or more."


def raise_to_minimum() -> str:
    """Raise the version of the tree if it is too small, and return a sentence that names it."""
    version, before = current(), released()
    last = before.get("version", "")
    needed = minimum(last, changed(before, surface.read())[0]) if last else version
    if _numbers(version) < _numbers(needed):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, needed), encoding="utf-8")
    return f"The version is {current()}; the last release is {f'v{last}' if last else 'none'}."


def minimum(last: str, part: int) -> str:
    """Return the lowest version that may follow a release. In 0.x, a minor release may break users."""
    numbers = _numbers(last)
    part = max(part, MINOR) if numbers[0] == 0 else part
    return ".".join(map(str, [*numbers[:part], numbers[part] + 1, 0, 0][:3]))


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def check(tag: str = "") -> int:
    """Print whether the version is large enough, and return the exit status.

    With the tag of a release, the tag must match the version, ``CHANGELOG.md`` must have a heading for it, and an
    unchanged tree needs a new version too. Then ``released.yaml`` is written.
    """
    version, before, now = current(), released(), surface.read()
    last = before.get("version", "")
    promised = {"version": version, **now, changes.BY_HAND: by_hand()}
    if tag and tag != f"v{version}":
        print(f"The tag {tag} does not match wrapper/osvi/_version.py, which has {version}.")
        return 1
    heading = f"## [{version}]"
    if version != last and f"\n{heading}" not in CHANGELOG.read_text(encoding="utf-8"):
        print(f"CHANGELOG.md has no heading {heading}; a release needs it below ## [Unreleased], above the entries.")
        if tag:
            return 1
    if last:
        part, reasons = changed(before, now)
        is_new = bool(tag) and promised != before
        needed = minimum(last, part) if is_new or part != PATCH else last
        too_small = _numbers(version) < _numbers(needed)
        verdict = "too small" if too_small else "large enough"
        print(f"{version} is {verdict}: after v{last} it has to be {needed} or more.", *reasons, sep="\n  ")
        if too_small:
            return 1
    else:
        print(f"{version}: no release yet.")
    if tag:
        replace(RELEASED, surface.packed(promised, HEAD))
        print("codegen/released.yaml has what this version promises: commit it before you tag.")
    return 0
