"""Every block of docs/tools.md and docs/many.md runs with the real packages."""

import pytest

pytest.importorskip("opentelemetry.instrumentation.httpx")  # of the extra `tools`

from pathlib import Path

from pages import ROOT, blocks, parameters, run

PAGE = ROOT / "docs" / "tools.md"
BLOCKS = parameters(PAGE, ROOT / "docs" / "many.md")


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 7


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    run(block, tmp_path)


@pytest.mark.parametrize("names", ["http", "http/dup"])
def test_the_block_of_opentelemetry_holds_for_each_set_of_attribute_names(names: str, tmp_path: Path) -> None:
    [block] = (block for block in blocks(PAGE) if "import opentelemetry" in block or "from opentelemetry" in block)

    run(block, tmp_path, {"OTEL_SEMCONV_STABILITY_OPT_IN": names})
