"""Updates ``openapi.yaml`` and the generated code to the documents of the vendor's pages."""

from collections.abc import Sequence

import click

from codegen import CODEGEN, OPENAPI, generate, places, report
from codegen.document import kept, pages
from codegen.document.reading import on_disk, replace
from codegen.promises import changes, surface, version

NOT_SERVED = CODEGEN / "not_served.yaml"
HEAD = b"# The operations of openapi.yaml that are left out, with the reasons.\n"

all_places = click.option("--all", "shows_all", is_flag=True, help="Name all places that use what is gone.")


class Update:
    """The documents of the vendor's pages, and what they mean, compared with what is kept and promised.

    Args:
        sources: Addresses and paths. Without any, the documents that are kept are merged anew.

    Attributes:
        pages: A line for each page that has changed.
        has_other_document: Whether the merge of the documents is another ``openapi.yaml``.
        broken: What breaks users and the wrapper.
        gained: What users gain by this update.

    Raises:
        SpecError: The documents cannot be used.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        found, indexes = pages.find(sources)
        self._names = kept.addresses(found)
        self._documents = kept.taken_in({page: found[source] for source, page in self._names.items()}, indexes)
        self._content = kept.merge(self._documents, self._names)
        self._package = generate.planned(self._content, leaves_out=True)
        self._before, self._offered = surface.read(), surface.offered(self._package)
        self.pages = kept.changed(self._documents, kept.read())
        self.has_other_document = self._content != on_disk(OPENAPI)
        self.broken = changes.breaks(self._before, self._offered)
        self.gained = changes.gains(self._before, self._offered)

    def report(self, *, shows_all: bool = False) -> list[str]:
        """Return the sections of the report."""
        words = changes.words(self._before, self._offered)
        gained = "What users gain, in CHANGELOG.md" + (" as soon as nothing breaks:" if self.broken else ":")
        sections = {
            "Pages:": self.pages,
            "Not watched, since codegen/pages.yaml lacks:": kept.unwatched(self._documents),
            gained: [f"- {line}" for line in self.gained] or ["nothing"],
            "New classes; a line in class_overrides of codegen/config.yaml gives another name:": (
                changes.new_classes(self._before, self._offered)
            ),
            "What users do not get, in codegen/not_served.yaml from now on:": [
                one.line for one in self._package.left_out
            ],
            "What breaks:": self.broken or ["nothing"],
            "Where it is used:": places.places(words, shows_all=shows_all),
            "What the code cannot express, and what is wrong in the document:": generate.notes(self._package),
            "What is not needed any more:": generate.unneeded(self._package, self._documents),
        }
        found = [report.section(title, lines) for title, lines in sections.items() if lines]
        return [*found, version.sentence(self._offered)]

    def write(self) -> None:
        """Write the generated code, what is not served, the documents, and what is promised if nothing breaks."""
        generate.write(self._package)
        if left_out := self._package.left_out:
            before = (on_disk(NOT_SERVED) or HEAD).rstrip()
            replace(NOT_SERVED, b"\n".join([before, *(one.line.encode() for one in left_out), b""]))
        kept.write(self._documents, self._content, self._names)
        if not self.broken:
            generate.promise(self._before, self._offered)


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE_OR_URL]...")
@all_places
def update(sources: Sequence[str], *, shows_all: bool) -> int:
    """Include documents of the vendor.

    FILE_OR_URL is an OpenAPI document, a page with one in a fenced block, or an index of such pages (llms.txt). What is
    not valid in a document is printed. A single document is written to openapi.yaml byte for byte. Several are kept in
    codegen/pages/ and merged: a page replaces the one of its address or its operations, others are added, and an index
    replaces all. To take out a page, delete its file, and run the command without a page.

    The code is generated, without what cannot be served. The report names what users gain, and all that breaks users
    and the wrapper, with the places that use what is gone. If nothing breaks, what users gain is added to CHANGELOG.md,
    and to codegen/surface.yaml, which has what they may rely on.

    Exit status: 0 if nothing breaks, 1 if something breaks, 2 if a document cannot be used; then nothing is changed.
    """
    update = Update(sources)
    found = update.report(shows_all=shows_all)
    update.write()
    print(*found, sep="\n")
    if update.broken:
        print(generate.ACCEPT)
    return int(bool(update.broken))


@click.command()
@all_places
def accept(*, shows_all: bool) -> int:
    """Accept what breaks.

    codegen/surface.yaml is written without the promises that the code does not keep. The report says what is no longer
    promised, and where what is gone is still used.

    Exit status: 0 if it is written, 2 if the code cannot be generated.
    """
    package = generate.planned(kept.openapi())
    before, offered = surface.read(), surface.offered(package)
    generate.write(package)
    generate.promise(before, offered)
    print(report.section("No longer promised:", changes.breaks(before, offered) or ["nothing"]))
    found = places.places(changes.words(before, offered), shows_all=shows_all)
    print(report.section("What uses what is gone, or another now:", found or ["nothing"]))
    return 0
