"""Takes in the additions to the vendor's pages, and leaves what breaks users to a person."""

import click

from codegen import ROOT
from codegen.document import kept
from codegen.promises import version
from codegen.update import Update

PULL_REQUEST = ROOT / ".pull-request"


@click.command()
def watch() -> int:
    """Add what the vendor's pages have gained.

    The addresses are those in codegen/pages.yaml. Nothing is added if something breaks. As with "update",
    openapi.yaml and the code are written. The gains also go into CHANGELOG.md, and the version is raised if it is too
    small. The title and the body of a pull request, with all that breaks, go to .pull-request/.

    Exit status: 0 if nothing has changed or the gains are added, 1 if something breaks, 2 if a page has moved, is
    gone or cannot be used. With 1 and 2, the document, the code and the changelog are not changed.
    """
    sources = kept.watched()
    if not sources:
        print("There is nothing to do: codegen/pages.yaml has no addresses.")
        return 0
    update = Update(sources)
    if not (update.pages or update.has_other_document):
        print("Nothing has changed.")
        return 0
    report = update.report()
    if update.broken:
        text = f"Nothing is changed yet. To go on, run python -m codegen update {' '.join(sources)}"
        write_pull_request("The vendor's API breaks users of the client", text, report)
        return 1
    update.write()
    if update.has_other_document:
        title = "Add what the vendor's API has gained" if update.gained else "Use the vendor's wording"
        write_pull_request(title, version.raise_to_minimum(), report)
    else:
        write_pull_request("Record the new addresses of pages", "No code has changed.", report)
    return 0


def write_pull_request(title: str, text: str, report: list[str]) -> None:
    """Print the title and the body of the pull request, and write them to ``.pull-request/``."""
    body = "\n".join([text, "", "~~~text", *report, "~~~", ""])
    PULL_REQUEST.mkdir(exist_ok=True)
    (PULL_REQUEST / "title.txt").write_text(title, encoding="utf-8")
    (PULL_REQUEST / "body.md").write_text(body, encoding="utf-8")
    print(title, "", body, sep="\n")
