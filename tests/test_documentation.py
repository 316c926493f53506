"""Every block of Python in the documentation runs. tests/tools runs those of many.md and tools.md."""

from pathlib import Path

import pytest
from pages import ROOT, parameters, run

PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in {"many.md", "tools.md"}),
]
BLOCKS = parameters(*PAGES)


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 8


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    run(block, tmp_path)
