"""CONTRIBUTING.md is enough to wrap an endpoint: its blocks, put where it says, serve one that is made up."""

import os
import re
from pathlib import Path

import pytest
from repository import ROOT, Repository

PATH = """\
  /v1/agents/{agent_uuid}:
    get:
      parameters:
        - {name: agent_uuid, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: The agent.
          content:
            application/json:
              schema:
                type: object
                properties:
                  success: {type: boolean}
                  data:
                    $ref: '#/components/schemas/Agent'
        '401': &error
          description: No.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/ChatV1Error'
        '404': *error
"""
SCHEMA = """\
    Agent:
      type: object
      properties:
        uuid: {type: string}
        name: {type: string}
        created_at: {type: string, format: date-time}
"""
# Before what the block for a file goes that there is already.
PLACES = {
    "wrapper/osvi/_operations.py": "def outcome(",
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
    insert(repository.root / "openapi.yaml", "components:\n", PATH)
    insert(repository.root / "openapi.yaml", "    ChatV1Error:\n", SCHEMA)
    result = repository.update(os.fspath(repository.root / "openapi.yaml"))

    assert result.stdout.partition("What the wrapper needs:\n")[2].strip() == (
        "openapi.yaml paths./v1/agents/{agent_uuid}.get: expected a method for GET /v1/agents/{agent_uuid}, "
        "found none; see wrapper/osvi/_operations.py"
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
