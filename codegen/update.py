"""Updates ``openapi.yaml`` and the generated code to the documents of the vendor's pages."""

from collections.abc import Sequence

import click

from codegen import CODEGEN, OPENAPI, generate, places, report
from codegen.document import kept, pages
from codegen.document.reading import committed, data_file, on_disk, replace
from codegen.promises import changes, surface, version, wrapper

NOT_SERVED = CODEGEN / "not_served.yaml"
HEAD = b"# The operations of openapi.yaml that are left out, with the reasons.\n"

all_places = click.option("--all", "shows_all", is_flag=True, help="Name all places that use what is gone.")


class Update:
    """The documents of the vendor's pages, and what they mean, compared with what is committed.

    Args:
        sources: Addresses and paths. Without any, the documents that are kept are merged anew.

    Attributes:
        pages: A line for each page that has changed.
        has_other_document: Whether the merge of the documents is another ``openapi.yaml``.
        broken: What breaks users and the wrapper.
        gained: What users gain.

    Raises:
        SpecError: The documents cannot be used.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._documents = kept.taken_in(*pages.find(sources))
        content = kept.merge(self._documents)
        self._package = generate.planned(content, leaves_out=True)
        self._before, self._offered = changes.committed_promises(), surface.offered(self._package)
        self.pages = kept.changed(self._documents, kept.read(committed))
        self.has_other_document = content != committed(OPENAPI)
        self.broken = [*changes.breaks(self._before, self._offered), *wrapper.findings(self._package)]
        self.gained = changes.gains(surface.read(committed), self._offered)

    def report(self, *, shows_all: bool = False) -> list[str]:
        """Return the sections of the report."""
        not_served = data_file("not_served", committed)
        words = changes.lost(self._before, self._offered)
        sections = {
            "Pages:": self.pages,
            "What users gain, for the CHANGELOG:": [f"- {line}" for line in self.gained] or ["nothing"],
            "What users do not get, in codegen/not_served.yaml from now on:": [
                one.line for one in self._package.refused if one.operation not in not_served
            ],
            "What breaks:": self.broken or ["nothing"],
            "Where it is used:": places.places(words, shows_all=shows_all),
            "What the code cannot express, and what is wrong in the document:": generate.notes(self._package),
            "What is not needed any more:": generate.unneeded(self._package),
        }
        found = [report.section(title, lines) for title, lines in sections.items() if lines]
        return [*found, version.sentence(self._offered)]

    def write(self) -> None:
        """Write the generated code, the documents, and what is not served."""
        generate.write(self._package, changes.promised(self._before, self._offered))
        if left_out := self._package.left_out:
            before = (on_disk(NOT_SERVED) or HEAD).rstrip()
            replace(NOT_SERVED, b"\n".join([before, *(one.line.encode() for one in left_out), b""]))
        kept.write(self._documents)


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE_OR_URL]...")
@all_places
def update(sources: Sequence[str], *, shows_all: bool) -> int:
    """Take in documents of the vendor.

    FILE_OR_URL is an OpenAPI document, a page with one in a fenced block, or an index of such pages (llms.txt). What is
    not valid in a document is printed. A single document is written to openapi.yaml byte for byte. Several are kept in
    codegen/pages/ and merged: a page replaces the one of its address or its operations, others are added, and an index
    replaces all. To take out a page, delete its file, and run the command without a page.

    The code is generated, without what cannot be served. The report compares with what is committed. It has lines for
    the changelog, and names all that breaks users and the wrapper, with the places that use what is gone.

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
    before, offered = surface.read(committed), surface.offered(package)
    generate.write(package, offered)
    print(report.section("No longer promised:", changes.breaks(before, offered) or ["nothing"]))
    found = [*wrapper.findings(package), *places.places(changes.lost(before, offered), shows_all=shows_all)]
    print(report.section("What still fails, and what uses what is gone:", found or ["nothing"]))
    return 0
