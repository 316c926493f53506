"""Ends a build on a Python that is too old at once: pip before 23.1 would look through all of PyPI instead."""

import sys
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class PythonVersion(MetadataHookInterface):
    """Runs when hatchling reads the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Change nothing."""
        del metadata
        if sys.version_info < (3, 11):
            sys.exit("osvi needs Python 3.11 or newer; this is {}.{}.{}".format(*sys.version_info))
