"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[test]'``."""

# ruff: noqa: PLC0415 - each command imports only what it needs

import argparse
import inspect
import sys
from collections.abc import Callable

from codegen.document.reading import SpecError


def update(options: argparse.Namespace) -> int:
    """Take in documents of the vendor, and report what users gain and what breaks.

    What is not valid in a document is printed. A single document is written to openapi.yaml byte for byte. Several
    are kept in codegen/pages/ and merged. Then a page replaces the one with its address or its operations, and an
    index also those that it does not have. Without a page, those that are kept are merged anew. The code is generated,
    without what cannot be served. The report has lines for the changelog, and names all that breaks users, the wrapper,
    the tests and the docs.

    Exit status: 0 if nothing breaks, 1 if something breaks, 2 if a document cannot be used; then nothing is changed.
    """
    from codegen.update import take_in

    return take_in(options.sources, options.remove)


def accept(_: argparse.Namespace) -> int:
    """Take back the promises in codegen/surface.txt that the code does not keep and no release has made.

    `.ci/run contract` fails while something uses a name that is gone; codegen/gone.txt has them until the next release.

    Exit status: 0 if every promise is kept now, 1 if one of a release is not: a person deletes that.
    """
    from codegen.update import accept_breaks

    return accept_breaks()


def watch(_: argparse.Namespace) -> int:
    """Take in what the vendor's pages have gained, unless something breaks.

    The addresses are those in codegen/pages.yaml. As with "update", openapi.yaml and the code are written. The gains
    also go into CHANGELOG.md, and the version is raised if it is too small. The title and the body of a pull request,
    with all that breaks, go to .pull-request/.

    Exit status: 0 if nothing has changed or the gains are taken in, 1 if something breaks, 2 if a page has moved, is
    gone or cannot be used. With 1 and 2, the document, the code and the changelog are not changed.
    """
    from codegen.watch import take_in_pages

    return take_in_pages()


def version(options: argparse.Namespace) -> int:
    """Check that the version is large enough for the changes since the last release, as in codegen/released.txt.

    With the tag of a release, CHANGELOG.md must have a heading for the version, and codegen/released.txt is written.

    Exit status: 0 if it is large enough, 1 if it is too small.
    """
    from codegen.promises.version import check

    return check(options.tag)


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description="The tools of the maintainer.")
    commands, style = parser.add_subparsers(metavar="COMMAND", required=True), argparse.RawDescriptionHelpFormatter

    def add(run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        text = inspect.getdoc(run) or ""
        help_ = text.partition(".\n")[0]
        command = commands.add_parser(run.__name__, help=help_, description=text, formatter_class=style)
        command.set_defaults(run=run)
        return command

    sources = "an OpenAPI document, a page with one in a fenced block, or an index of such pages (llms.txt)"
    removing = "the address of a page in codegen/pages/ that the vendor has removed; may be repeated"
    updating = add(update)
    updating.add_argument("sources", nargs="*", metavar="FILE_OR_URL", help=sources)
    updating.add_argument("--remove", action="append", default=[], metavar="ADDRESS", help=removing)
    add(accept)
    add(watch)
    tag = "the tag of a release: it must match the version, and an unchanged tree needs a new version too"
    add(version).add_argument("tag", nargs="?", default="", help=tag)
    options = parser.parse_args()
    try:
        return int(options.run(options))
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
