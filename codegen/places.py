"""Finds the places in the repository that have a word that is gone: as an attribute, as a keyword or in quotes."""

import re
from collections.abc import Iterator, Sequence

from codegen import ROOT

FOLDERS = ("wrapper", "tests", "docs", "README.md", "SECURITY.md")
SHOWN = 20  # of the places of a word outside of the wrapper
# A line of a file: its place, and the text.
Line = tuple[str, str]


def places(words: Sequence[str], *, shows_all: bool = False) -> list[str]:
    """Return a line for each place, those of the wrapper first. Of the others, there are 20 for each word, or all."""
    lines, texts = [], [*_texts()] if words else []
    for word in words:
        pattern = _pattern(word)
        found = [f"{place}:{text}" for place, text in texts if pattern.search(text)]
        others = [line for line in found if not line.startswith("wrapper/")]
        shown = others if shows_all else others[:SHOWN]
        lines += [*(line for line in found if line not in others), *shown]
        if shown != others:
            lines.append(f"{word}: {len(others) - len(shown)} more places, with --all")
    return lines


def _texts() -> Iterator[Line]:
    """Yield each line of the files, except of those that are no text."""
    for name in FOLDERS:
        for path in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if path.is_file() and b"\0" not in (content := path.read_bytes()):
                lines = content.decode("utf-8", "replace").splitlines()
                yield from (
                    (f"{path.relative_to(ROOT).as_posix()}:{number}", text) for number, text in enumerate(lines, 1)
                )


def _pattern(word: str) -> re.Pattern[str]:
    name = re.escape(word.strip('"'))
    if not name.isidentifier():  # such as a URL, which is no word of prose either
        return re.compile(name, re.IGNORECASE)
    value = rf"[\"'`]{name}[\"'`]|[:-] {name}$"  # also of YAML
    code = rf"{value}|\.{name}\b|\b{name} ?=[^=]|^[ -]*{name}:|[{{,] ?{name}: "
    return re.compile(value if word[0] == '"' else code)
