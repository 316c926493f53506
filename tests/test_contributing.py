"""The blocks of docs/maintain/methods.md, put where it says, are a working method of the clients."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from repository import ROOT, Repository
from support import need_generate_sh

from codegen.document.reading import load

PATH = "/v1/agents/{agent_uuid}"
ERROR = {"type": "object", "properties": {"success": {"type": "boolean"}, "error": {"type": "string"}}}
AGENT = {
    "type": "object",
    "properties": {
        "uuid": {"type": "string"},
        "name": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
    },
}
ANSWER = {
    "type": "object",
    "properties": {"success": {"type": "boolean"}, "data": {"$ref": "#/components/schemas/Agent"}},
}
OPERATION = {
    "parameters": [{"name": "agent_uuid", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        status: {"description": "An answer.", "content": {"application/json": {"schema": schema}}}
        for status, schema in (("200", ANSWER), ("401", ERROR), ("404", ERROR))
    },
}
# For each file that exists: the line that the block goes before, and the line that its imports go before.
PLACES = {
    "wrapper/osvi/_base.py": ("    @abstractmethod\n    def send(", ""),
    "wrapper/osvi/_client.py": ("    def send(", "from osvi._base import "),
    "wrapper/osvi/_async_client.py": ("    async def send(", "from osvi._base import "),
}
IMPORTS = "from osvi import models, operations\nfrom osvi.errors import NotFoundError\n"


def blocks() -> dict[str, str]:
    """Return the blocks whose first line names a file, by that name."""
    text = (ROOT / "docs" / "maintain" / "methods.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def insert(file: Path, before: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, (file.name, before)
    file.write_text(text.replace(before, new + before), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Give a repository whose spec has one more operation."""
    repository = Repository(tmp_path / "repository")
    spec = load(repository.root / "openapi.yaml")
    spec["paths"][PATH] = {"get": OPERATION}
    spec["components"]["schemas"]["Agent"] = AGENT
    result = repository.update(repository.page(json.dumps(spec)))

    assert result.returncode == 0, result.stdout + result.stderr
    assert f"- `osvi.operations.get_v1_agents_agent_uuid`, `GET {PATH}`: needs agent_uuid" in result.stdout
    return repository


def test_the_blocks_make_a_method_of_both_clients(repository: Repository) -> None:
    for name, block in blocks().items():
        file = repository.root / name
        if name in PLACES:
            before, first_import = PLACES[name]
            insert(file, before, block + "\n")
            if first_import:
                insert(file, first_import, IMPORTS)
        else:
            file.write_text(block, encoding="utf-8")

    tests = ["contract/test_spec.py", "contract/test_answers.py", "test_agents.py", "test_public_surface.py"]
    result = repository.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("steps", [["type"], ["lint", "test"], ["run"], ["lint types"], [""]])
def test_a_step_that_does_not_exist_is_refused_before_any_other_runs(steps: list[str]) -> None:
    need_generate_sh()
    result = subprocess.run([".ci/run", *steps], check=False, capture_output=True, text=True, cwd=ROOT)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"There is no step '{steps[-1]}'. The steps are: fast lint types ")


def test_the_checks_use_an_environment_that_has_the_extra_lint() -> None:
    need_generate_sh()
    try:
        has_lint = bool(metadata.version("import-linter") and metadata.version("zizmor"))
    except metadata.PackageNotFoundError:
        has_lint = False
    script = 'eval "$(sed -n "/^has_lint/,/^}/p" .ci/run)"; has_lint "$1"'
    result = subprocess.run(["bash", "-c", script, "bash", sys.prefix], check=False, cwd=ROOT)

    assert (result.returncode == 0) == has_lint
