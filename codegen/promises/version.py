"""Checks that the version is large enough for the changes since the last release, and records a release.

``released.yaml`` has what the last release promised: its version, the facts of ``surface.yaml``, and those about the
public names that are written by hand. The history of git is not read.
"""

from functools import cache
from typing import Any

import click
import griffe
from packaging.version import Version

from codegen import CODEGEN, ROOT, changelog
from codegen.document.reading import replace
from codegen.promises import changes, surface

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
    before = surface.read("released")
    if not before:
        return "", current(), []
    last = before.pop("version")
    found = [*changes.differences(before, now | {changes.BY_HAND: by_hand()})]
    lost, said = [one.text for one in found if one.is_break], [one.text for one in found if one.text]
    released = Version(last)
    major, minor, patch = released.release
    if released.is_prerelease:
        least = released.base_version
    elif lost and major:  # in 0.x, a minor release may break users
        least = f"{major + 1}.0.0"
    elif said:
        least = f"{major}.{minor + 1}.0"
    else:
        least = f"{major}.{minor}.{patch + 1}"
    return last, least, lost or said


@cache
def by_hand() -> surface.Tree:
    """Return the facts about the public names that are written by hand, by their modules."""
    facts, modules = {}, [griffe.load("osvi", search_paths=[ROOT / "wrapper"], resolve_aliases=True)]
    for module in modules:  # which grows
        names = {name: one for name, one in sorted(module.all_members.items()) if one.is_public and name[-1] != "*"}
        facts[module.path] = {name: _facts(one) for name, one in names.items()}
        modules += [one for one in names.values() if isinstance(one, griffe.Module)]
    return facts


def _facts(owner: Any) -> surface.Tree:
    """Return the facts about a name, and about those in a class. Of a name from the spec, there are none."""
    if owner.is_alias and not owner.resolved:
        return {}
    if owner.is_function:
        parameters = [one for one in owner.parameters if one.name != "self"]
        return {
            "takes": {one.name: f"{one.kind.value}, {one.default}" for one in parameters},
            "needs": {one.name: True for one in parameters if one.required},
        }
    if owner.is_class:
        return {
            "bases": {base: True for base in map(str, owner.bases) if base.isidentifier()},
            "has": {name: _facts(one) for name, one in sorted(owner.all_members.items()) if one.is_public},
        }
    return {}


def sentence(now: surface.Tree) -> str:
    """Return which version the facts need."""
    last, least, _ = needed(now)
    return f"After v{last}, the version has to be {least} or more." if last else "There is no release yet: any version."


def raise_to_minimum() -> str:
    """Raise the version of the tree if it is too small, and return a sentence that names it."""
    version, (last, least, _) = current(), needed(surface.read())
    if Version(Version(version).base_version) < Version(least):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, least), encoding="utf-8")
    return f"The version is {current()}; the last release is {last or 'none'}."


@click.command()
@click.argument("tag", default="")
def version(tag: str) -> int:
    """Check that the version is large enough.

    It is compared with the changes since the last release, as in codegen/released.yaml. The TAG of a release must be
    that of the version, CHANGELOG.md must have a heading for the version, and codegen/released.yaml is written.

    Exit status: 0 if it is large enough, 1 if it is too small.
    """
    ours, now = current(), surface.read()
    if tag not in {"", f"v{ours}"}:
        print(f"The tag {tag} does not match wrapper/osvi/_version.py, which has {ours}.")
        return 1
    last, least, reasons = needed(now)
    is_recorded, heading = ours == last, f"## [{ours}]"
    has_heading = is_recorded or f"\n{heading}" in changelog.FILE.read_text(encoding="utf-8")
    if not has_heading:
        print(f"CHANGELOG.md has no heading {heading}; a release needs it below ## [Unreleased], above the entries.")
    # A release for tests of 1.0.0 may have what 1.0.0 may, but has to come after the last release.
    is_newer = not last or Version(ours) > Version(last)
    is_enough = not reasons if is_recorded else is_newer and Version(Version(ours).base_version) >= Version(least)
    print(f"{ours} is {'large enough' if is_enough else 'too small'}. {sentence(now)}", *reasons, sep="\n  ")
    if not is_enough or (tag and not has_heading):
        return 1
    if tag:
        replace(RELEASED, surface.packed({"version": ours, **now, changes.BY_HAND: by_hand()}, HEAD))
        print("codegen/released.yaml has what this version promises: commit it before you tag.")
    return 0
