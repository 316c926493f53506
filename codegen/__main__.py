"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[test]'``."""

import argparse
import inspect
import sys
from collections.abc import Callable

from codegen.document.reading import SpecError
from codegen.promises.version import check
from codegen.update import take_in
from codegen.watch import take_in_pages


def update(options: argparse.Namespace) -> int:
    """Take in documents of the vendor, and report what users gain and what breaks.

    Each document is validated. A single one is written to openapi.yaml byte for byte; several are merged. Then the code
    is generated. The report says what users gain, in lines for the changelog, and what breaks users or the wrapper.

    Exit status: 0 if nothing breaks, 1 if something breaks, 2 if a document cannot be used; then nothing is changed.
    """
    return take_in(options.sources)


def watch(_: argparse.Namespace) -> int:
    """Take in what the vendor's pages have gained, unless something breaks.

    The addresses are those in codegen/pages.yaml. As with "update", openapi.yaml and the code are written. The gains
    also go into CHANGELOG.md, and the version is raised if it is too small. The title and the body of a pull request,
    with all that breaks, go to .pull-request/.

    Exit status: 0 if nothing has changed or the gains are taken in, 1 if something breaks, 2 if a page has moved, is
    gone or cannot be used. With 1 and 2, the document, the code and the changelog are not changed.
    """
    return take_in_pages()


def version(options: argparse.Namespace) -> int:
    """Check that the version is large enough for the changes since the last release.

    Exit status: 0 if it is large enough, 1 if it is too small.
    """
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
    add(update).add_argument("sources", nargs="+", metavar="FILE_OR_URL", help=sources)
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
