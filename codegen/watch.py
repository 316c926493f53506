"""Takes in the additions to the vendor's pages, and leaves what breaks users to a person."""

import re

from ruamel.yaml import YAML

from codegen import CODEGEN, OPENAPI, ROOT
from codegen.document import kept, pages
from codegen.promises import version
from codegen.update import ALWAYS, BROKEN, GAINED, Report, assess, write

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
    sources = YAML(typ="safe").load(CODEGEN / "pages.yaml")
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    documents, lines = kept.taken_in(*pages.find(sources))
    content = kept.merge(documents)
    is_same = content == OPENAPI.read_bytes()
    if is_same and not lines:
        print("Nothing has changed.")
        return 0
    found_out = assess(content, lines)
    if found_out[BROKEN]:
        text = f"Nothing is changed yet. To go on, run python -m codegen update {' '.join(sources)}"
        report("The vendor's API breaks users of the client", text, found_out)
        return 1
    write(documents, found_out)
    if found_out[GAINED]:
        add_to_changelog(found_out[GAINED])
        title = "Take in what the vendor's API has gained"
    else:
        title = "Take in the new addresses of pages" if is_same else "Take in the vendor's wording"
    report(title, "No code has changed." if is_same else version.raise_to_minimum(), found_out)
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


def report(title: str, text: str, sections: Report) -> None:
    """Print the title and the body of the pull request, and write them to ``.pull-request/``."""
    lines = [text]
    for section, entries in sections.items():
        if entries or section in ALWAYS:
            lines += ["", section, *(f"- {entry.removeprefix('- ')}" for entry in entries or ["nothing"])]
    body = "\n".join([*lines, ""])
    PULL_REQUEST.mkdir(exist_ok=True)
    (PULL_REQUEST / "title.txt").write_text(title, encoding="utf-8")
    (PULL_REQUEST / "body.md").write_text(body, encoding="utf-8")
    print(title, "", body, sep="\n")
