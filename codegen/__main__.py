"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[test]'``."""

# ruff: noqa: PLC0415 - each command imports only what it needs

import argparse
import inspect
import sys
from collections.abc import Callable

from codegen.document.reading import SpecError


def update(options: argparse.Namespace) -> int:
    """Take in documents of the vendor, and report what users gain and what breaks.

    What is not valid in a document is printed. A single document is written to openapi.yaml byte for byte. Several are
    kept in codegen/pages/ and merged: a page replaces the one of its address or its operations, others are added, and
    an index replaces all. To take out a page, delete its file, and run the command without a page. The code is
    generated, without what cannot be served. The report compares with what is committed. It has lines for the
    changelog, and names all that breaks users and the wrapper, with the places that use what is gone.

    Exit status: 0 if nothing breaks, 1 if something breaks, 2 if a document cannot be used; then nothing is changed.
    """
    from codegen.update import take_in

    return take_in(options.sources, shows_all=options.all)


def accept(options: argparse.Namespace) -> int:
    """Accept what breaks: write codegen/surface.yaml without the promises that the code does not keep.

    The report says what is no longer promised, and where what is gone is still used.

    Exit status: 0 if it is written, 2 if the code cannot be generated.
    """
    from codegen.update import accept as accept_breaks

    return accept_breaks(shows_all=options.all)


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
    """Check that the version is large enough for the changes since the last release, as in codegen/released.yaml.

    With the tag of a release, CHANGELOG.md must have a heading for the version, and codegen/released.yaml is written.

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
    updating = add(update)
    updating.add_argument("sources", nargs="*", metavar="FILE_OR_URL", help=sources)
    for command in (updating, add(accept)):
        command.add_argument("--all", action="store_true", help="name all places that use what is gone")
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
