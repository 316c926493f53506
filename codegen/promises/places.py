"""Finds the places in the wrapper, the tests and the docs that use what the generated package no longer has.

mypy checks the wrapper, the tests and the blocks of the docs against the package. A search finds the names that are
gone where there are no types: in texts, and as the names of columns.

``python -m codegen.promises.places`` prints the places that use what our generated package no longer has.
"""

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import ROOT
from codegen.promises import released, surface
from codegen.promises.changes import NAME, WRAPPER_NAMES

CODE = ("wrapper/osvi", "tests")
CONTINUES = "# continues the block above\n"
# Its blocks are parts of files.
PARTS = "methods.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
MYPY = ["--show-error-end", "--no-pretty", "--no-error-summary"]
# Not those that follow from another error, or from a better type.
ERROR = re.compile(r"(.+?):(\d+):(\d+):(\d+):(\d+): error: (.+)  \[(?!no-any-return|unused-ignore).*\]")
# These tests have documents of their own.
OTHER_DOCUMENTS = re.compile(r"^from (repository|edits) import", re.MULTILINE)

# A place, as a file and a line, and the expression there.
Found = tuple[tuple[str, int], str]


def places(generated: Path, offered: Collection[str]) -> list[str]:
    """Return the places that use what a generated package no longer has: the file, the line and the expression.

    Args:
        generated: The folder of the package.
        offered: The lines of its surface.
    """
    promised = {*surface.read(), *surface.read(released.GONE), *released.lines()}
    left = {surface.subject(line)[0] for line in offered}
    gone = {name: line for line in promised if NAME.match(name := surface.subject(line)[0]) and name not in left}
    pattern = "|".join(_patterns(gone, promised, offered))  # none for arguments and plain words
    found = dict(_in_texts(pattern) if pattern else ())
    of_types = [*_by_types(generated, {_word(name) for name in gone})]
    found |= dict(reversed(of_types))  # the first of a line
    return [f"{file}:{line}: {expression}" for (file, line), expression in sorted(found.items())]


def _word(name: str) -> str:
    """Return the last word of a name of the surface."""
    return str(re.findall(r"\w+", name)[-1])


def _code(*folders: str) -> dict[Path, str]:
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {path: path.read_text(encoding="utf-8") for path in files}


def _pages() -> dict[Path, str]:
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    return {path: path.read_text(encoding="utf-8") for path in files if path.exists()}


def _by_types(generated: Path, words: Collection[str]) -> Iterator[Found]:
    """Yield the errors of mypy. Of those in the docs, only the ones that quote a word that is gone."""
    with TemporaryDirectory() as folder:
        blocks: dict[str, Path] = {}
        for page, text in _pages().items():
            code = ""
            for match in BLOCK.finditer(text) if page.name != PARTS else ():
                is_continued = match[1].startswith(CONTINUES)
                # A line has its number in the page.
                code = code if is_continued else ""
                code += "\n" * (text.count("\n", 0, match.start(1)) - code.count("\n")) + match[1]
                # A new name for each run, since mypy caches errors with the path.
                block = f"{folder}/{Path(folder).name}_{len(blocks) - is_continued}.py"
                blocks[block] = page
                Path(block).write_text(code, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", *MYPY, *CODE, *blocks]
        path = os.pathsep.join([os.fspath(generated), os.fspath(ROOT / "wrapper"), folder])
        environment = os.environ | {"MYPYPATH": path}
        run = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)
        if run.returncode not in {0, 1}:
            raise RuntimeError(f"mypy failed:\n{run.stdout}{run.stderr}")
    for match in filter(None, map(ERROR.fullmatch, run.stdout.splitlines())):
        file, text = blocks.get(match[1], ROOT / match[1]), match[6]
        if match[1] not in blocks or not {*words}.isdisjoint(re.findall(r'"(\w+)"', text)):
            line, start, last_line, end = map(int, match.group(2, 3, 4, 5))
            source = file.read_text(encoding="utf-8").splitlines()[line - 1]
            expression = source[start - 1 : end if last_line == line and end > start else None]
            yield (file.relative_to(ROOT).as_posix(), line), f"{expression}: {text}"


def _patterns(gone: dict[str, str], promised: Collection[str], offered: Collection[str]) -> Iterator[str]:
    """Yield patterns for the names that are gone, each given with a line about it, if nothing else can be meant."""
    facts = [(_word(surface.subject(line)[0]), line.partition(": ")[2]) for line in offered]
    others, values = ({*column} for column in zip(*facts, strict=True))
    wrapper = "\n".join(_code("wrapper/osvi").values())
    for name, line in gone.items():
        word, owner = _word(name), name.split(".")[1]
        is_other = word in others or re.search(rf"\b(def|class) {word}\b|\bself\.{word}\b|\b{word}: ", wrapper)
        if not is_other and re.search(r"_|[a-z][A-Z]", word):
            yield rf"[\w.]*\b{word}\b"
        elif name.startswith("models.") and word != owner:
            yield rf"\b{WRAPPER_NAMES.get(owner, owner)}\.{word}\b|open_session\(.*\b{word}="
            yield from [] if is_other else [rf"`[\w.]*\b{word}`"]
        value = line.partition(": ")[2]
        if value.startswith('"') and value not in values:  # of an enum
            for field in {_word(surface.subject(other)[0]) for other in promised if other.endswith(f": {owner}")}:
                yield rf"\b{field}\b.*?{re.escape(value)}|{re.escape(value)}.*?\b{field}\b"


def _in_texts(pattern: str) -> Iterator[Found]:
    for path, text in {**_code(*CODE), **_pages()}.items():
        for number, line in enumerate(text.splitlines() if not OTHER_DOCUMENTS.search(text) else (), 1):
            if match := re.search(pattern, line):
                yield (path.relative_to(ROOT).as_posix(), number), match[0]


if __name__ == "__main__":
    ours = ROOT / "generated"
    if found := places(ours, surface.offered(surface.imported(ours / "osvi_openapi"))):
        sys.exit("\n  ".join(["These places use what the generated package no longer has:", *found]))
