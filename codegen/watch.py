"""Takes in the additions to the vendor's pages, and leaves what breaks users to a person."""

import re

from codegen import OPENAPI, ROOT
from codegen.document import kept
from codegen.document.reading import committed
from codegen.promises import version
from codegen.update import assess

CHANGELOG = version.CHANGELOG
PULL_REQUEST = ROOT / ".pull-request"
UNRELEASED = "## [Unreleased]\n"
# The text from that heading to the heading "Added" below it.
ADDED = re.compile(r"## \[Unreleased\]\n(?:(?!## ).*\n)*?### Added\n\n")


def take_in_pages() -> int:
    """Read the pages in ``pages.yaml``, take in their documents unless something breaks, and return the exit status.

    The gains of users are added to ``CHANGELOG.md``, and the version is raised if it is too small. The title and the
    body of a pull request, with all that breaks, are written to ``.pull-request/``.

    Raises:
        SpecError: A page has moved, is gone or is invalid. Nothing is changed.
    """
    sources = kept.watched()
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    update = assess(sources)
    if update.is_same:
        print("Nothing has changed.")
        return 0
    lines = update.lines()
    if update.broken:
        text = f"Nothing is changed yet. To go on, run python -m codegen update {' '.join(sources)}"
        report("The vendor's API breaks users of the client", [text, *lines])
        return 1
    gained, has_moved = update.gained, update.content == committed(OPENAPI)
    title = "Take in what the vendor's API has gained" if gained else "Take in the vendor's wording"
    update.write()
    add_to_changelog(gained)
    if has_moved:
        report("Take in the new addresses of pages", ["No code has changed.", *lines])
    else:
        report(title, [version.raise_to_minimum(), *lines])
    return 0


def add_to_changelog(gained: list[str]) -> None:
    """Add lines below the heading "Added" of the unreleased version, except those that it has."""
    text = CHANGELOG.read_text(encoding="utf-8")
    new = "".join(f"- {line}\n" for line in gained if f"- {line}\n" not in text)
    if new and UNRELEASED not in text:
        text = text.replace("\n## ", f"\n{UNRELEASED}\n## ", 1)
    if new and not ADDED.search(text):
        text = text.replace(UNRELEASED, f"{UNRELEASED}\n### Added\n\n", 1)
    CHANGELOG.write_text(ADDED.sub(lambda heading: heading[0] + new, text, count=1), encoding="utf-8")


def report(title: str, lines: list[str]) -> None:
    """Print the title and the body of the pull request, and write them to ``.pull-request/``."""
    first, *others = lines
    body = "\n".join([first, "", "~~~text", *others, "~~~", ""])
    PULL_REQUEST.mkdir(exist_ok=True)
    (PULL_REQUEST / "title.txt").write_text(title, encoding="utf-8")
    (PULL_REQUEST / "body.md").write_text(body, encoding="utf-8")
    print(title, "", body, sep="\n")
