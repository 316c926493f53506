"""Packages that are generated from other documents, for this process."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from osvi._sandbox.operations import Spec

from codegen.package import writing

_folder = tempfile.TemporaryDirectory(prefix="osvi-packages-")


def spec_of(document: Any) -> Spec:
    """Return the operations of a document for the sandbox, in a package that is generated for it."""
    folder = Path(_folder.name)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    name = f"generated_{len([*folder.iterdir()])}"
    package = writing.Package(json.dumps(document).encode())
    with mock.patch.object(writing, "options", return_value=mock.Mock(post_hooks=[])):
        package.write(folder)
    (folder / "osvi_openapi").rename(folder / name)
    return Spec(name)
