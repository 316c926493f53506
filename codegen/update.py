"""Updates ``openapi.yaml`` and the generated code to the documents of the vendor's pages."""

from collections.abc import Sequence

from attrs import frozen

from codegen import CODEGEN, OPENAPI, generate, places
from codegen.document import kept, pages
from codegen.document.reading import committed, data, on_disk, replace
from codegen.package.writing import Package
from codegen.promises import changes, surface, version, wrapper

NOT_SERVED = CODEGEN / "not_served.yaml"
HEAD = "# The operations of openapi.yaml that are left out, with the reasons.\n"


@frozen
class Update:
    """The documents of the vendor's pages, and what they mean, compared with what is committed.

    Attributes:
        documents: The documents, by the addresses of their pages.
        package: The package of their merge.
        before: What was promised to users.
        offered: What is offered to users now.
        content: The merge.
        is_same: Whether the pages are those that are committed.
    """

    documents: kept.Documents
    package: Package
    before: surface.Tree
    offered: surface.Tree
    content: bytes
    is_same: bool

    @property
    def broken(self) -> list[str]:
        """What breaks users and the wrapper."""
        return [*changes.breaks(self.before, self.offered), *wrapper.findings(self.package)]

    @property
    def gained(self) -> list[str]:
        """What users gain."""
        return changes.gains(surface.committed_facts(), self.offered)

    def lines(self, *, shows_all: bool = False) -> list[str]:
        """Return the report."""
        words = changes.lost(self.before, self.offered)
        sections = {
            "Pages:": kept.changed(self.documents, kept.read(committed)),
            "What users gain, for the CHANGELOG:": [f"- {line}" for line in self.gained] or ["nothing"],
            "What users do not get, in codegen/not_served.yaml from now on:": self.not_served(),
            "What breaks:": self.broken or ["nothing"],
            "Where it is used:": places.places(words, shows_all=shows_all),
            "What the code cannot express, and what is wrong in the document:": generate.notes(self.package),
            "What is not needed any more:": [*generate.unneeded(self.package)],
        }
        lines = [line for title, found in sections.items() if found for line in (title, *(f"  {one}" for one in found))]
        return [*lines, version.sentence(self.offered)]

    def not_served(self) -> list[str]:
        """Return the lines of ``not_served.yaml`` that are new."""
        before = data(committed(NOT_SERVED) or b"", "codegen/not_served.yaml")
        return [one.line for one in self.package.refused if one.operation not in before]

    def write(self) -> None:
        """Write the generated code, the documents, and what is not served."""
        files = generate.files_of(self.package, changes.promised(self.before, self.offered))
        generate.write(files)  # after all that may fail
        if self.package.left_out:
            text = (on_disk(NOT_SERVED) or HEAD.encode()).decode()
            lines = [*text.splitlines(), *(one.line for one in self.package.left_out), ""]
            replace(NOT_SERVED, "\n".join(lines).encode())
        kept.write(self.documents)


def assess(sources: Sequence[str]) -> Update:
    """Return what the documents of addresses and paths mean. Nothing is changed.

    Without any, the documents that are kept are merged anew.

    Raises:
        SpecError: The documents cannot be used.
    """
    documents = kept.taken_in(*pages.find(sources))
    content = kept.merge(documents)
    package = generate.planned(content, leaves_out=True)
    is_same = documents == kept.read(committed) and content == committed(OPENAPI)
    return Update(documents, package, surface.before(), surface.offered(package), content, is_same)


def take_in(sources: Sequence[str], *, shows_all: bool) -> int:
    """Take in the documents of the sources, print what they mean, and return the exit status.

    Raises:
        SpecError: The documents cannot be used. Nothing is changed.
    """
    update = assess(sources)
    lines = update.lines(shows_all=shows_all)
    update.write()
    print(*lines, *([generate.ACCEPT] if update.broken else []), sep="\n")
    return int(bool(update.broken))


def accept(*, shows_all: bool) -> int:
    """Promise what is offered and nothing else, and print which checks still fail.

    Raises:
        SpecError: The code cannot be generated.
    """
    package = generate.planned(kept.openapi())
    before, offered = surface.committed_facts(), surface.offered(package)
    generate.write(generate.files_of(package, offered))
    print("No longer promised:", *(changes.breaks(before, offered) or ["nothing"]), sep="\n  ")
    found = [*wrapper.findings(package), *places.places(changes.lost(before, offered), shows_all=shows_all)]
    print("What still fails, and what uses what is gone:", *(found or ["nothing"]), sep="\n  ")
    return 0
