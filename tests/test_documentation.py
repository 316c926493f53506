"""Every block of Python in the documentation runs. tests/tools runs those of many.md and tools.md."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT, blocks, parameters, run
from support import CUSTOMER, TOKEN, raw_json, serving

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


@pytest.mark.parametrize("page", ["services.md", "many.md"])
def test_the_client_of_a_process_does_not_warn_when_the_process_ends(page: str, tmp_path: Path) -> None:
    [block] = (block for block in blocks(ROOT / "docs" / page) if "def osvi_client()" in block)
    without_dask = re.sub(r"^from dask.*\n", "", block, flags=re.MULTILINE)
    (tmp_path / "service.py").write_text(without_dask, encoding="utf-8")
    script = f"from service import osvi_client; osvi_client().list_active_sessions({CUSTOMER!r})"

    with serving(raw_json({"success": True, "data": {}})) as server:
        variables = os.environ | {"OSVI_BASE_URL": server.url, "OSVI_API_TOKEN": TOKEN}
        command = [sys.executable, "-X", "dev", "-c", script]
        result = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path, env=variables, timeout=60
        )
        assert len(server.requests) == 1
    assert "ResourceWarning" not in result.stderr
