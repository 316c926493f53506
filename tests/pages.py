"""Run the blocks of Python in a page of the documentation, each in a new interpreter."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTINUES = "# continues the block above\n"


def blocks(page: Path) -> Iterator[str]:
    """Yield the blocks of a page. A block that continues another is yielded as part of it."""
    found = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for block, following in itertools.zip_longest(found, found[1:], fillvalue=""):
        if not block.startswith(CONTINUES):
            yield block + following if following.startswith(CONTINUES) else block


def parameters(*pages: Path) -> list[Any]:
    """Return the blocks of some pages for ``parametrize``, named by page and number."""
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in pages
        for number, block in enumerate(blocks(page), 1)
    ]


def run(block: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a block in a folder, and return its output. A block with tests is run by pytest."""
    script = folder / "test_block.py"
    script.write_text(block, encoding="utf-8")
    pytest_ = (
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "osvi.pytest_plugin"] if "def test_" in block else []
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", *pytest_, script.name],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | dict(environment or {}),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
