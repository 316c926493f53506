"""The ``osvi`` command. Its libraries come with the extra: ``pip install 'osvi[cli]'``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command and exit with its status."""
    try:
        from osvi._cli._app import run  # noqa: PLC0415 - click and rich may be missing

        status = run(sys.argv[1:])
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        print(f"osvi: the command line needs {error.name}: pip install 'osvi[cli]'", file=sys.stderr)  # noqa: T201
        status = 2
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)
