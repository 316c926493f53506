"""CONTRIBUTING.md is enough to wrap an endpoint: its blocks, put where it says, serve one that is made up."""

import json
import re
from pathlib import Path

import pytest
from repository import ROOT, Repository
from spec import load

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
ANSWER = {"type": "object", "properties": {"success": {"type": "boolean"}, "data": AGENT}}
OPERATION = {
    "parameters": [{"name": "agent_uuid", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        status: {"description": "An answer.", "content": {"application/json": {"schema": schema}}}
        for status, schema in (("200", ANSWER), ("401", ERROR), ("404", ERROR))
    },
}
# Before what the block for a file goes that there is already.
PLACES = {
    "wrapper/osvi/_core/operations.py": "def outcome(",
    "wrapper/osvi/_client.py": "    def close(",
    "wrapper/osvi/_async_client.py": "    async def aclose(",
    "wrapper/osvi/testing.py": "            case _:\n",
}


def blocks() -> dict[str, str]:
    """Return the blocks that begin with a comment that names a file, by that name."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def insert(file: Path, before: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, (file.name, before)
    file.write_text(text.replace(before, new + before), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Give a repository whose spec has one more endpoint, and nothing in the wrapper for it."""
    repository = Repository(tmp_path / "repository")
    spec = load(repository.root / "openapi.yaml")
    spec["paths"][PATH] = {"get": OPERATION}
    result = repository.update(repository.page(json.dumps(spec)))

    assert result.stdout.partition("What the wrapper needs:\n")[2].strip() == (
        f"openapi.yaml paths.{PATH}.get: expected a method for GET {PATH}, found none; "
        "see wrapper/osvi/_core/operations.py"
    ), result.stdout + result.stderr
    return repository


def test_an_endpoint_is_wrapped_by_what_it_says(repository: Repository) -> None:
    osvi = repository.root / "wrapper" / "osvi"
    for name, block in blocks().items():
        if name in PLACES:
            insert(repository.root / name, PLACES[name], block + "\n")
        else:
            (repository.root / name).write_text(block, encoding="utf-8")
    insert(osvi / "_client.py", "    from osvi.sessions import", "    from osvi.agents import Agent\n")
    insert(osvi / "_async_client.py", "    from osvi.sessions import", "    from osvi.agents import Agent\n")
    insert(osvi / "__init__.py", "from osvi.sessions import", "from osvi.agents import Agent\n")
    insert(osvi / "__init__.py", '    "AsyncClient",\n', '    "Agent",\n')

    tests = ["contract/test_spec.py", "test_agents.py", "test_public_surface.py"]
    result = repository.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests))
    assert result.returncode == 0, result.stdout + result.stderr
