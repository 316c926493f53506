"""Update to changes of the vendor's pages: ``python codegen/watch.py``, after ``pip install -e '.[test]'``.

The script reads the pages in ``pages.yaml``. If their document differs from ``openapi.yaml`` and nothing breaks, it
updates the spec and the code as ``update_spec.py`` does, adds the gains of users to ``CHANGELOG.md``, and raises the
version if it is too small. It writes the title and the body of a pull request, with all that breaks, to
``.pull-request/``.

Exit status: 0 if nothing has changed, or the update is done; 1 if something breaks; 2 if a page has moved, is gone or
is invalid. With 1 and 2, the spec, the code and the changelog are not changed.
"""

import re
import sys
from pathlib import Path

import vendor_pages
import version
from ruamel.yaml import YAML
from spec import SpecError
from update_spec import OPENAPI, ROOT, assess, write

PAGES = Path(__file__).resolve().with_name("pages.yaml")
CHANGELOG = ROOT / "CHANGELOG.md"
PULL_REQUEST = ROOT / ".pull-request"
UNRELEASED = "## [Unreleased]\n"
# The text from that heading to the heading "Added" below it.
ADDED = re.compile(r"## \[Unreleased\]\n(?:(?!## ).*\n)*?### Added\n\n")
HOW_TO_CONTINUE = (
    "Nothing is changed yet. To go on, run codegen/update_spec.py with the addresses in codegen/pages.yaml."
)


def main() -> int:
    """Run the script and return its exit status."""
    sources = YAML(typ="safe").load(PAGES)
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    try:
        content = vendor_pages.read(sources)
        if content == OPENAPI.read_bytes():
            print("Nothing has changed.")
            return 0
        gained, broken = assess(content)
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    if broken:
        report("The vendor's API breaks users of the client", HOW_TO_CONTINUE, broken, gained)
        return 1
    write(content)
    if gained:
        add_to_changelog(gained)
    title = "Take in what the vendor's API has gained" if gained else "Take in the vendor's wording"
    report(title, version.raise_to_minimum(), broken, gained)
    return 0


def add_to_changelog(lines: list[str]) -> None:
    """Add lines below the heading "Added" of the unreleased version."""
    text = CHANGELOG.read_text(encoding="utf-8")
    if UNRELEASED not in text:
        text = text.replace("\n## ", f"\n{UNRELEASED}\n## ", 1)
    if not ADDED.search(text):
        text = text.replace(UNRELEASED, f"{UNRELEASED}\n### Added\n\n", 1)
    new = "".join(f"{line}\n" for line in lines)
    CHANGELOG.write_text(ADDED.sub(lambda heading: heading[0] + new, text, count=1), encoding="utf-8")


def report(title: str, text: str, broken: list[str], gained: list[str]) -> None:
    """Print the title and the body of the pull request, and write them to ``.pull-request/``."""
    breaks = [f"- {line}" for line in broken] or ["nothing"]
    body = "\n".join([text, "", "What breaks:", *breaks, "", "What users gain:", *(gained or ["nothing"]), ""])
    PULL_REQUEST.mkdir(exist_ok=True)
    (PULL_REQUEST / "title.txt").write_text(title, encoding="utf-8")
    (PULL_REQUEST / "body.md").write_text(body, encoding="utf-8")
    print(title, "", body, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
