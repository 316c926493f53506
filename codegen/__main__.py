"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[test]'``."""

import argparse
import sys

from codegen.document.reading import SpecError
from codegen.promises import version
from codegen.update import accept, update
from codegen.watch import watch

UPDATE = """\
Take in documents of the vendor, and report what users gain and what breaks.

Each document is validated. A single one is written to openapi.yaml byte for byte. Several are kept in codegen/pages/
and merged. Then a page replaces the one with its address or its operations, and an index also those that it does not
have. Without a page, those that are kept are merged anew. The code is generated, without what cannot be served. The
report has lines for the changelog, and names all that breaks users, the wrapper, the tests and the docs.

Exit status: 0 if nothing breaks, 1 if something breaks, 2 if a document cannot be used; then nothing is changed."""
ACCEPT = """\
Take back the promises in codegen/surface.txt that the code does not keep and no release has made.

`.ci/run contract` fails while something uses a name that is gone; codegen/gone.txt has them until the next release.

Exit status: 0 if every promise is kept now, 1 if one of a release is not: a person deletes that."""
WATCH = """\
Take in what the vendor's pages have gained, unless something breaks.

The addresses are those in codegen/pages.yaml. As with "update", openapi.yaml and the code are written. The gains
also go into CHANGELOG.md, and the version is raised if it is too small. The title and the body of a pull request, with
all that breaks, go to .pull-request/.

Exit status: 0 if nothing has changed or the gains are taken in, 1 if something breaks, 2 if a page has moved, is gone
or cannot be used. With 1 and 2, the document, the code and the changelog are not changed."""
VERSION = """\
Check that the version is large enough for the changes since the last release, which codegen/released.txt describes.

With the tag of a release, CHANGELOG.md must have a heading for the version, and codegen/released.txt is written.

Exit status: 0 if it is large enough, 1 if it is too small."""


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description="The tools of the maintainer.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        formatter = argparse.RawDescriptionHelpFormatter
        return commands.add_parser(name, help=text.partition(".")[0], description=text, formatter_class=formatter)

    sources = "an OpenAPI document, a page with one in a fenced block, or an index of such pages (llms.txt)"
    updating = command("update", UPDATE)
    updating.add_argument("sources", nargs="*", metavar="FILE_OR_URL", help=sources)
    removing = "the address of a page in codegen/pages/ that the vendor has removed; may be repeated"
    updating.add_argument("--remove", action="append", default=[], metavar="ADDRESS", help=removing)
    updating.set_defaults(run=lambda options: update(options.sources, options.remove))
    command("accept", ACCEPT).set_defaults(run=lambda _: accept())
    command("watch", WATCH).set_defaults(run=lambda _: watch())
    checking = command("version", VERSION)
    tag = "the tag of a release: it must match the version, and an unchanged tree needs a new version too"
    checking.add_argument("tag", nargs="?", default="", help=tag)
    checking.set_defaults(run=lambda options: version.check(options.tag))
    options = parser.parse_args()
    try:
        return int(options.run(options))
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
