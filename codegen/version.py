"""Tell whether the version is large enough for what has changed since the last release: ``codegen/version.py [TAG]``.

What comes from the spec is compared by its lock, ``surface.txt``; what is written by hand in ``wrapper/`` by griffe.
With a tag, which must be that of the version, for the release of it. Exit status: 0 it is, 1 it is too small.
"""

import re
import subprocess
import sys
from pathlib import Path

import changes
import griffe
import surface

ROOT = Path(__file__).resolve().parent.parent
VERSION = ROOT / "wrapper" / "osvi" / "_version.py"
MAJOR, MINOR, PATCH = range(3)


def current() -> str:
    """Return the version of the tree."""
    return VERSION.read_text(encoding="utf-8").split('"')[-2]


def raised() -> str:
    """Raise the version of the tree if it is too small; say what it is."""
    version, last = current(), last_release()
    needed = least(last, changed(last)[0]) if last else version
    if _numbers(version) < _numbers(needed):
        VERSION.write_text(VERSION.read_text(encoding="utf-8").replace(version, needed), encoding="utf-8")
    return f"The version is {current()}; the last release is {last or 'none'}."


def last_release(*which: str) -> str | None:
    """Return the tag of the highest version so far, None before the first. ``which`` is for ``git tag``."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD", *which).split()
    return max((tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)), key=_numbers, default=None)


def changed(tag: str) -> tuple[int, list[str]]:
    """Return how much a release since a tag changes, and why: what users lose, or else what they gain."""
    has_lock = _git("ls-tree", "--name-only", tag, "codegen/surface.txt")
    promised = _git("show", f"{tag}:codegen/surface.txt").splitlines() if has_lock else []
    now = {*surface.read()}
    lost = [line.partition(": a major release")[0] for line in changes.findings(promised, now)] + _broken_by_hand(tag)
    gained = surface.added(promised, now)
    return (MAJOR, lost) if lost else (MINOR, [*changes.gains(gained, promised)]) if gained else (PATCH, [])


def least(tag: str, level: int) -> str:
    """Return the lowest version that may follow a release. In 0.x, what breaks is a minor release."""
    numbers = _numbers(tag)
    level = level or (MAJOR if numbers[0] else MINOR)
    return ".".join(str(one + (at == level) if at <= level else 0) for at, one in enumerate(numbers))


def _broken_by_hand(tag: str) -> list[str]:
    """Return what griffe finds: names, arguments and defaults of the wrapper, which the lock does not have."""
    old = griffe.load_git("osvi", ref=tag, repo=ROOT, search_paths=["wrapper"])
    new = griffe.load("osvi", search_paths=[ROOT / "wrapper"])
    return [one.explain(griffe.ExplanationStyle.ONE_LINE) for one in griffe.find_breaking_changes(old, new)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout


def main(arguments: list[str]) -> int:
    """Run the script; return its exit status."""
    version, last = current(), last_release(*(["--no-contains", "HEAD"] if arguments else []))
    if arguments and arguments[0] != f"v{version}":
        print(f"The tag {arguments[0]} is not that of wrapper/osvi/_version.py, which says {version}.")
        return 1
    if last is None:
        print(f"{version}: no release yet.")
        return 0
    level, why = changed(last)
    needed = least(last, level) if level != PATCH or arguments else last.removeprefix("v")
    too_small = _numbers(version) < _numbers(needed)
    judgement = "too small" if too_small else "large enough"
    print(f"{version} is {judgement}: after {last} it has to be {needed} or more.", *why, sep="\n  ")
    return int(too_small)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
