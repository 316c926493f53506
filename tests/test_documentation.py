"""Every block of Python in the documentation runs, each in an interpreter of its own."""

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONTINUES = "# continues the block above\n"


def blocks(page: Path) -> Iterator[str]:
    """Yield the blocks of a page; one that continues another comes with it, and not on its own."""
    found = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for block, following in itertools.zip_longest(found, found[1:], fillvalue=""):
        if not block.startswith(CONTINUES):
            yield block + following if following.startswith(CONTINUES) else block


BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}") for page in PAGES for number, block in enumerate(blocks(page), 1)
]


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 8


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    # A block with tests is given to pytest, as a reader would.
    script = tmp_path / "test_block.py"
    script.write_text(block, encoding="utf-8")
    pytest_ = (
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "osvi.pytest_plugin"] if "def test_" in block else []
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", *pytest_, script.name],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )

    assert result.returncode == 0, result.stdout + result.stderr
