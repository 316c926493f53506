"""``python -m codegen``, in the root of the repository, after ``pip install -e '.[aiohttp,cli,test]'``."""

import sys

import click

from codegen.generate import exit_statuses
from codegen.promises.version import version
from codegen.update import accept, update
from codegen.watch import watch


@click.group(commands=[update, watch, accept, version], result_callback=sys.exit)
def main() -> None:
    """Run one of the tools of the maintainer."""


if __name__ == "__main__":
    with exit_statuses():
        main()
