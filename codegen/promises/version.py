"""Checks that the version is large enough for the changes since the last release, and records a release.

``released.txt`` has what the last release promised: the lines of ``surface.txt`` for the names from the spec, and lines
for the public names that are written by hand. The history of git is not read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import griffe

from codegen import ROOT
from codegen.promises import changes, released, surface

CHANGELOG = ROOT / "CHANGELOG.md"
VERSION = ROOT / "wrapper" / "osvi" / "_version.py"
BY_HAND = "osvi."
MAJOR, MINOR, PATCH = range(3)


def current() -> str:
    """Return the version of the tree."""
    return VERSION.read_text(encoding="utf-8").split('"')[-2]


def raise_to_minimum() -> str:
    """Raise the version of the tree if it is too small, and return a sentence that names it."""
    version, last = current(), released.version()
    needed = minimum(last, changed()[0]) if last else version
    if _numbers(version) < _numbers(needed):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, needed), encoding="utf-8")
    return f"The version is {current()}; the last release is {f'v{last}' if last else 'none'}."


def changed() -> tuple[int, list[str]]:
    """Return the part of the version that must be raised after the last release, and why: losses, or else gains."""
    before, now = released.lines(), {*surface.read(), *_by_hand()}
    from_spec = [line for line in before if not line.startswith((BY_HAND, released.VERSION))]
    gone = surface.lost([line for line in before if line.startswith(BY_HAND)], now)
    if lost := [*(loss for loss, *_ in changes.losses(from_spec, now)), *(f"gone: {name}" for name in _outer(gone))]:
        return MAJOR, lost
    gained = surface.added(before, now)
    new = _outer([line for line in gained if line.startswith(BY_HAND)])
    return (MINOR, [*changes.gains(gained, before), *(f"new: {name}" for name in new)]) if gained else (PATCH, [])


def _outer(lines: list[str]) -> list[str]:
    """Return the lines that are not about a part of what another one is about."""
    all_lines = frozenset(lines)
    parts = {part for line in lines for part in changes.about(line, all_lines)}
    return [line for line in lines if line not in parts]


def minimum(last: str, part: int) -> str:
    """Return the lowest version that may follow a release. In 0.x, a minor release may break users."""
    numbers = _numbers(last)
    part = max(part, MINOR) if numbers[0] == 0 else part
    return ".".join(map(str, [*numbers[:part], numbers[part] + 1, 0, 0][:3]))


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _by_hand() -> Iterator[str]:
    """Yield a line for each fact about the public names of ``wrapper/osvi``, except those from the spec."""
    return _lines(griffe.load("osvi", search_paths=[ROOT / "wrapper"]))


def _lines(owner: Any) -> Iterator[str]:
    for name, member in owner.all_members.items():
        path = f"{owner.path}.{name}"
        if not member.is_public or name.endswith("*"):
            continue
        yield path
        with suppress(griffe.AliasResolutionError):  # a name of the generated package or the runtime
            if member.is_function:
                parameters = [one for one in member.parameters if one.name != "self"]
                needed = ", ".join(sorted(one.name for one in parameters if one.required))
                yield f"{path}{surface.NEEDS}{needed or 'nothing'}"
                yield from (f"{path}({one.kind.value}: {one.name} = {one.default})" for one in parameters)
            elif member.is_class:
                yield from (f"{path}: a {base}" for base in map(str, member.bases) if base.isidentifier())
            if member.is_class or member.is_module:
                yield from _lines(member)


def check(tag: str = "") -> int:
    """Print whether the version is large enough, and return the exit status.

    With the tag of a release, the tag must match the version, ``CHANGELOG.md`` must have a heading for it, and an
    unchanged tree needs a new version too. Then ``released.txt`` is written.
    """
    version, last = current(), released.version()
    promised = {f"{released.VERSION}{version}", *surface.read(), *_by_hand()}
    if tag and tag != f"v{version}":
        print(f"The tag {tag} does not match wrapper/osvi/_version.py, which has {version}.")
        return 1
    heading = f"## [{version}]"
    if version != last and f"\n{heading}" not in CHANGELOG.read_text(encoding="utf-8"):
        print(f"CHANGELOG.md has no heading {heading}; a release needs it below ## [Unreleased], above the entries.")
        if tag:
            return 1
    if last:
        part, reasons = changed()
        is_new = bool(tag) and promised != {*released.lines()}
        needed = minimum(last, part) if is_new or part != PATCH else last
        too_small = _numbers(version) < _numbers(needed)
        verdict = "too small" if too_small else "large enough"
        print(f"{version} is {verdict}: after v{last} it has to be {needed} or more.", *reasons, sep="\n  ")
        if too_small:
            return 1
    else:
        print(f"{version}: no release yet.")
    if tag:
        surface.write(promised, released.RELEASED)
        released.GONE.unlink(missing_ok=True)
        print("codegen/released.txt has what this version promises: commit it before you tag.")
    return 0
