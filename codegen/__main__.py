"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[test]'``."""

import sys

import click

from codegen import report
from codegen.document.reading import SpecError, WriteError
from codegen.promises.version import version
from codegen.update import accept, update
from codegen.watch import watch


@click.group(commands=[update, watch, accept, version], result_callback=sys.exit)
def main() -> None:
    """Run one of the tools of the maintainer."""


if __name__ == "__main__":
    try:
        main()
    except SpecError as error:
        print(f"{report.lines(str(error))}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        sys.exit(2)
    except WriteError as error:
        print(f"{error}\nNot all is written. When it can be, run the same command again.", file=sys.stderr)
        sys.exit(2)
