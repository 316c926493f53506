"""Take in what the vendor has changed: ``python codegen/watch.py``, after ``pip install -e '.[test]'``.

Reads the pages in ``pages.yaml``. When they give another document than ``openapi.yaml``, it is taken in as by
``update_spec.py``. What users gain goes into ``CHANGELOG.md``, the version is raised if it is too small, and
``.pull-request/`` has the title and the body of a pull request. When something breaks, the body says what, and a person
has to go on. Exit status: 0 nothing has changed, or all of it is taken in; 1 something breaks; 2 a page has moved, is
gone or broken. After 1 and 2, everything is as it was.
"""

import re
import sys
from pathlib import Path

import surface
import vendor_pages
import version
from ruamel.yaml import YAML
from spec import SpecError
from update_spec import OPENAPI, ROOT, regenerate, take_in

ADDRESSES = Path(__file__).resolve().with_name("pages.yaml")
CHANGELOG = ROOT / "CHANGELOG.md"
TEXTS = ROOT / ".pull-request"
UNRELEASED = "## [Unreleased]\n"
ADDED = "### Added\n\n"
GO_ON = "Nothing is changed yet. To go on, give the addresses of `codegen/pages.yaml` to `codegen/update_spec.py`."


def main() -> int:
    """Run the script; return its exit status."""
    sources = YAML(typ="safe").load(ADDRESSES)
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    before, promised = OPENAPI.read_bytes(), surface.read()
    try:
        content = vendor_pages.read(sources)
        if content == before:
            print("Nothing has changed.")
            return 0
        gained, broken = take_in(content)
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    if broken:
        regenerate(before)
        surface.write(promised)
        return tell("The vendor's API breaks users of the client", GO_ON, broken, gained, status=1)
    if gained:
        add_to_changelog(gained)
    title = "Take in what the vendor's API has gained" if gained else "Take in the vendor's wording"
    return tell(title, version.raised(), broken, gained)


def add_to_changelog(lines: list[str]) -> None:
    """Put lines under "Added" of what is not released."""
    text = CHANGELOG.read_text(encoding="utf-8")
    if UNRELEASED not in text:
        text = text.replace("\n## ", f"\n{UNRELEASED}\n## ", 1)
    before, mark, rest = text.partition(UNRELEASED)
    section, *released = re.split(r"^(?=## )", rest, maxsplit=1, flags=re.MULTILINE)
    head, _, tail = section.partition(ADDED) if ADDED in section else ("\n", "", section)
    new = "".join(f"{line}\n" for line in lines)
    CHANGELOG.write_text("".join([before, mark, head, ADDED, new, tail, *released]), encoding="utf-8")


def tell(title: str, text: str, broken: list[str], gained: list[str], status: int = 0) -> int:
    """Print the texts of the pull request, and write them; return the exit status."""
    breaks = [f"- {line}" for line in broken]
    sections = [text, "", "What breaks:", *(breaks or ["nothing"]), "", "What users gain:", *(gained or ["nothing"])]
    TEXTS.mkdir(exist_ok=True)
    (TEXTS / "title.txt").write_text(title, encoding="utf-8")
    (TEXTS / "body.md").write_text("\n".join([*sections, ""]), encoding="utf-8")
    print(title, "", *sections, sep="\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
