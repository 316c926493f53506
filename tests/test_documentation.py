"""Every block of Python in the README and the manual runs."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import osvi
import pytest
from pages import ROOT, blocks, parameters, run
from support import CUSTOMER, EMPTY, TOKEN, serving

DOCS = ROOT / "docs"
# tests/tools runs the blocks of the first two, test_contributing.py those of the last.
ELSEWHERE = {DOCS / "many.md", DOCS / "tools.md", DOCS / "maintain" / "methods.md"}
BLOCKS = parameters(ROOT / "README.md", *sorted({*DOCS.rglob("*.md")} - ELSEWHERE))


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 20


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    run(block, tmp_path)


def test_the_readme_and_the_manual_begin_with_one_command() -> None:
    pages = (ROOT / "README.md", DOCS / "index.md", DOCS / "tutorial.md")

    commands = {re.findall(r"^```console\n(.*)", page.read_text("utf-8"), re.MULTILINE)[0] for page in pages}

    [command] = commands  # .ci/run wheel runs it
    assert command.endswith(" --sandbox")


def test_the_program_of_the_manual_drops_a_token_that_was_replaced(tmp_path: Path) -> None:
    [block] = blocks(DOCS / "tokens.md")
    (tmp_path / "program.py").write_text(block, encoding="utf-8")
    program = runpy.run_path(str(tmp_path / "program.py"))
    sandbox = program["sandbox"]
    del sandbox.requests[:]

    sandbox.token = "sandbox-token-17"
    assert program["active_sessions"](sandbox.customer_id)
    assert program["active_sessions"](sandbox.customer_id)
    assert [request.authenticated for request in sandbox.requests] == [False, True, True]

    sandbox.token, program["token"]._read = "sandbox-token-18", lambda: "sandbox-token-17"
    with pytest.raises(osvi.AuthenticationError):
        program["active_sessions"](sandbox.customer_id)


def test_the_layout_names_files_that_exist_and_what_is_in_them() -> None:
    text = (DOCS / "maintain" / "layout.md").read_text("utf-8").partition("## Where to change what")[2]
    found = re.findall(r"`((?:\.?\w+/)+[\w.]*)`(?:: ((?:`\w+`(?:, )?)+))?", text)

    missing = {path for path, _ in found if not (ROOT / path).exists()}
    assert missing <= {"codegen/functions.yaml", "codegen/settled.yaml"}  # which have to be made
    named = [(path, name) for path, names in found for name in re.findall(r"\w+", names)]
    assert [(path, name) for path, name in named if name not in (ROOT / path).read_text("utf-8")] == []
    assert len(named) >= 8


@pytest.mark.parametrize("page", ["services.md", "many.md"])
def test_the_client_of_a_process_does_not_warn_when_the_process_ends(page: str, tmp_path: Path) -> None:
    [block] = (block for block in blocks(ROOT / "docs" / page) if "def osvi_client()" in block)
    without_dask = re.sub(r"^from dask.*\n", "", block, flags=re.MULTILINE)
    (tmp_path / "service.py").write_text(without_dask, encoding="utf-8")
    script = f"from service import osvi_client; osvi_client().list_active_sessions({CUSTOMER!r})"

    with serving(EMPTY) as server:
        variables = os.environ | {"OSVI_BASE_URL": server.url, "OSVI_API_TOKEN": TOKEN}
        command = [sys.executable, "-X", "dev", "-c", script]
        result = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path, env=variables, timeout=60
        )
        assert len(server.requests) == 1
    assert "ResourceWarning" not in result.stderr
