"""Finds the places in the repository that have a word that is gone: as an attribute, as a keyword or in quotes."""

import re
from collections.abc import Iterable

from codegen.document.reading import git

FOLDERS = ("wrapper", "tests", "docs", "README.md", "SECURITY.md")
SHOWN = 20  # of the places of a word outside of the wrapper
OPTIONS = ("--no-index", "--exclude-standard", "-I", "--line-number", "--extended-regexp")


def places(words: Iterable[str], *, shows_all: bool = False) -> list[str]:
    """Return a line for each place, those of the wrapper first. Of the others, there are 20 for each word, or all."""
    lines = []
    for word in words:
        found = _found(word)
        others = [line for line in found if not line.startswith("wrapper/")]
        shown = others if shows_all else others[:SHOWN]
        lines += [*(line for line in found if line not in others), *shown]
        if shown != others:
            lines.append(f"{word}: {len(others) - len(shown)} more places, with --all")
    return lines


def _found(word: str) -> list[str]:
    """Return the file, the line and the text of each place. Nothing without git; its repository need not be there."""
    name = re.escape(word.strip('"'))
    value = rf"[\"'`]{name}[\"'`]|[:-] {name}$"  # also of YAML
    code = rf"{value}|\.{name}\b|\b{name} ?=[^=]|^[ -]*{name}:|[{{,] ?{name}: "
    # What is no name, such as a URL, is no word of prose either.
    pattern = ["-e", value if word[0] == '"' else code] if name.isidentifier() else ["--ignore-case", "-e", name]
    found = git("grep", *OPTIONS, *pattern, "--", *FOLDERS) or b""
    return found.decode("utf-8", "replace").splitlines()
