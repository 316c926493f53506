"""Checks that the version is large enough for the changes since the last release.

The two versions of ``surface.txt`` are compared for the names from the spec, and the two versions of ``wrapper/`` by
griffe.
"""

import re
import subprocess

import griffe

from codegen import ROOT
from codegen.promises import changes, surface

VERSION = ROOT / "wrapper" / "osvi" / "_version.py"
MAJOR, MINOR, PATCH = range(3)


def current() -> str:
    """Return the version of the tree."""
    return VERSION.read_text(encoding="utf-8").split('"')[-2]


def raise_to_minimum() -> str:
    """Raise the version of the tree if it is too small, and return a sentence that names it."""
    version, last = current(), last_release()
    needed = minimum(last, changed_since(last)[0]) if last else version
    if _numbers(version) < _numbers(needed):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, needed), encoding="utf-8")
    return f"The version is {current()}; the last release is {last or 'none'}."


def last_release(*options: str) -> str | None:
    """Return the tag of the highest version so far. None before the first release. The options are for ``git tag``."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD", *options).split()
    return max((tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)), key=_numbers, default=None)


def changed_since(tag: str) -> tuple[int, list[str]]:
    """Return the part of the version that must be raised after a tag, and the reasons: losses, or else gains."""
    promised = _git("show", f"{tag}:codegen/surface.txt").splitlines()
    now = surface.read()
    old = griffe.load_git("osvi", ref=tag, repo=ROOT, search_paths=["wrapper"])
    new = griffe.load("osvi", search_paths=[ROOT / "wrapper"])
    breakages = griffe.find_breaking_changes(old, new)
    broken = [breakage.explain(griffe.ExplanationStyle.ONE_LINE) for breakage in breakages]
    if lost := [*(loss for loss, _ in changes.losses(promised, {*now})), *broken]:
        return MAJOR, lost
    gained = surface.added(promised, {*now})
    return (MINOR, [*changes.gains(gained, promised)]) if gained else (PATCH, [])


def minimum(tag: str, part: int) -> str:
    """Return the lowest version that may follow a release. In 0.x, a minor release may break users."""
    numbers = _numbers(tag)
    part = max(part, MINOR) if numbers[0] == 0 else part
    return ".".join(map(str, [*numbers[:part], numbers[part] + 1, 0, 0][:3]))


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout


def check(tag: str = "") -> int:
    """Print whether the version is large enough, and return the exit status.

    With the tag of a release, the tag must match the version, and an unchanged tree needs a new version too.
    """
    version, last = current(), last_release(*(["--no-contains", "HEAD"] if tag else []))
    if tag and tag != f"v{version}":
        print(f"The tag {tag} does not match wrapper/osvi/_version.py, which has {version}.")
        return 1
    if last is None:
        print(f"{version}: no release yet.")
        return 0
    part, reasons = changed_since(last)
    needed = minimum(last, part) if tag or part != PATCH else last.removeprefix("v")
    too_small = _numbers(version) < _numbers(needed)
    verdict = "too small" if too_small else "large enough"
    print(f"{version} is {verdict}: after {last} it has to be {needed} or more.", *reasons, sep="\n  ")
    return int(too_small)
