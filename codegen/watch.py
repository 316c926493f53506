"""Takes in the additions to the vendor's pages, and leaves what breaks users to a person."""

import re

from ruamel.yaml import YAML

from codegen import CODEGEN, OPENAPI, ROOT
from codegen.document import pages
from codegen.promises import version
from codegen.update import assess, write

CHANGELOG = ROOT / "CHANGELOG.md"
PULL_REQUEST = ROOT / ".pull-request"
UNRELEASED = "## [Unreleased]\n"
# The text from that heading to the heading "Added" below it.
ADDED = re.compile(r"## \[Unreleased\]\n(?:(?!## ).*\n)*?### Added\n\n")
HOW_TO_CONTINUE = (
    "Nothing is changed yet. To go on, run python -m codegen update with the addresses in codegen/pages.yaml."
)


def take_in_pages() -> int:
    """Read the pages in ``pages.yaml``, take in their document unless something breaks, and return the exit status.

    The gains of users are added to ``CHANGELOG.md``, and the version is raised if it is too small. The title and the
    body of a pull request, with all that breaks, are written to ``.pull-request/``.

    Raises:
        SpecError: A page has moved, is gone or is invalid. Nothing is changed.
    """
    sources = YAML(typ="safe").load(CODEGEN / "pages.yaml")
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    content = pages.read(sources)
    if content == OPENAPI.read_bytes():
        print("Nothing has changed.")
        return 0
    gained, broken = assess(content)
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
