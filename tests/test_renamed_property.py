"""A renamed property that ``codegen/surface.yaml`` accepts, on a copy of the repository."""

from pathlib import Path

import pytest
from repository import Repository


@pytest.mark.parametrize(("name", "is_shown"), [("updated_at", True), ("created_at", False)])
def test_the_contract_tests_find_a_command_that_shows_a_renamed_property(
    tmp_path: Path, name: str, *, is_shown: bool
) -> None:
    repository = Repository(tmp_path / "repository")
    repository.replace(f"{name}:", "x_time:")
    accepted = repository.run("-m", "codegen", "accept")
    assert accepted.returncode == 0, accepted.stderr
    result = repository.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_commands.py")

    problem = f"`osvi active CUSTOMER --sandbox` no longer works with openapi.yaml: `ChatSession.{name}` is gone; "
    assert result.returncode == int(is_shown), result.stdout
    assert (f"{problem}see wrapper/osvi/_cli/_active.py, line " in result.stdout) is is_shown
