"""Take in what the vendor has changed: ``python codegen/watch.py``, after ``pip install -e '.[test]'``.

Reads the pages in ``pages.yaml``. When they give another document than ``openapi.yaml``, it is taken in as by
``update_spec.py``. What users gain goes into ``CHANGELOG.md``, the version is raised if it is too small, and
``.pull-request/`` has the title and the body of a pull request. When something breaks, a person has to go on, and the
body says what it is. Exit status: 0 nothing has changed, or all of it is taken in; 1 something breaks; 2 a page has
moved, is gone or broken, and everything is as it was.
"""

import re
import sys
from pathlib import Path

import vendor_pages
import version
from ruamel.yaml import YAML
from spec import SpecError
from update_spec import OPENAPI, ROOT, take_in

ADDRESSES = Path(__file__).resolve().with_name("pages.yaml")
CHANGELOG = ROOT / "CHANGELOG.md"
TEXTS = ROOT / ".pull-request"
UNRELEASED = "## [Unreleased]\n"
ADDED = "### Added\n\n"


def main() -> int:
    """Run the script; return its exit status."""
    sources = YAML(typ="safe").load(ADDRESSES)
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    try:
        content = vendor_pages.read(sources)
        if content == OPENAPI.read_bytes():
            print("Nothing has changed.")
            return 0
        gained, broken = take_in(content)
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    gains = ["", "What users gain:", *(gained or ["nothing"])]
    if broken:
        tell("The vendor's API breaks users of the client", "What breaks:", *(f"- {line}" for line in broken), *gains)
        return 1
    if gained:
        add_to_changelog(gained)
    title = "Take in what the vendor's API has gained" if gained else "Take in the vendor's wording"
    tell(title, "`codegen/watch.py` made this from the vendor's pages; nothing breaks.", raised(), *gains)
    return 0


def add_to_changelog(lines: list[str]) -> None:
    """Put lines under "Added" of what is not released."""
    before, mark, rest = CHANGELOG.read_text(encoding="utf-8").partition(UNRELEASED)
    section, *released = re.split(r"^(?=## )", rest, maxsplit=1, flags=re.MULTILINE)
    head, _, tail = section.partition(ADDED) if ADDED in section else ("\n", "", section)
    new = "".join(f"{line}\n" for line in lines)
    CHANGELOG.write_text("".join([before, mark, head, ADDED, new, tail, *released]), encoding="utf-8")


def raised() -> str:
    """Raise the version if it is too small; return what it is, and why."""
    last = version.last_release()
    if last is None:
        return f"The version is {version.current()}: there is no release yet."
    version.raise_to(version.least(last, version.changed(last)[0]))
    return f"The version is {version.current()}, after {last}."


def tell(title: str, *lines: str) -> None:
    """Print the texts of the pull request, and write them."""
    body = "".join(f"{line}\n" for line in lines)
    TEXTS.mkdir(exist_ok=True)
    (TEXTS / "title.txt").write_text(title, encoding="utf-8")
    (TEXTS / "body.md").write_text(body, encoding="utf-8")
    print(title, body, sep="\n\n", end="")


if __name__ == "__main__":
    sys.exit(main())
