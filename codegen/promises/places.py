"""Finds the places in the repository that have a word that is gone: as an attribute, as a keyword or in quotes."""

import re
import subprocess
from collections.abc import Iterable, Iterator

from codegen import ROOT

WRAPPER, OTHERS = ("wrapper",), ("tests", "docs", "README.md", "SECURITY.md")
SHOWN = 20  # of the places of a word outside of the wrapper


def places(words: Iterable[str], *, shows_all: bool = False) -> list[str]:
    """Return a line for each place, those of the wrapper first. Of the others, there are 20 for each word, or all."""
    return [line for word in words for line in _places(word, shows_all=shows_all)]


def _places(word: str, *, shows_all: bool) -> Iterator[str]:
    others = _found(word, OTHERS)
    shown = len(others) if shows_all else SHOWN
    yield from [*_found(word, WRAPPER), *others[:shown]]
    if others[shown:]:
        yield f"{word}: {len(others[shown:])} more places, with --all"


def _found(word: str, folders: Iterable[str]) -> list[str]:
    """Return the file, the line and the text of each place. Nothing without git, in whose repository it need not be."""
    existing = [folder for folder in folders if (ROOT / folder).exists()]
    name = re.escape(word)
    # A name also as a key of YAML. What is no name, such as a URL, is no word of prose either.
    code = rf"\.{name}\b|\b{name} ?=[^=]|[\"'`]{name}[\"'`]|^[ -]*{name}:|[{{,] ?{name}: |: {name}$"
    options = ["-e", code] if word.isidentifier() else ["--ignore-case", "-e", name]
    command = ["git", "grep", "--no-index", "--exclude-standard", "-I", "-n", "-E", *options, "--", *existing]
    try:
        run = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    except OSError:
        return []
    lines = (line.split(":", 2) for line in run.stdout.splitlines() if existing)
    return [f"{file}:{number}: {text.strip()}" for file, number, text in lines]
