"""Every block of Python in the README and the manual runs."""

from pathlib import Path

import pytest
from pages import ROOT, parameters, run

DOCS = ROOT / "docs"
# tests/tools runs the blocks of the first two, test_contributing.py those of the last.
ELSEWHERE = {DOCS / "many.md", DOCS / "tools.md", DOCS / "maintain" / "methods.md"}
BLOCKS = parameters(ROOT / "README.md", *sorted({*DOCS.rglob("*.md")} - ELSEWHERE))


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 20


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    run(block, tmp_path)
