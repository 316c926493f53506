"""What the repository is on the day after the vendor's page has grown. `tomorrow.py` has the days that take longer."""

import pytest
from edits import OURS, with_edits
from tomorrow import GROWTH, Tomorrow


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Tomorrow:
    tomorrow = Tomorrow(tmp_path_factory.mktemp("tomorrow") / "repository")
    tomorrow.take_in(with_edits(OURS, GROWTH))
    return tomorrow


@pytest.mark.parametrize("name", ["generation", "update_spec", "watch", "sessions", "cli"])
def test_the_tests_pass_when_the_spec_has_grown(tomorrow: Tomorrow, name: str) -> None:
    tomorrow.test(f"tests/test_{name}.py")
