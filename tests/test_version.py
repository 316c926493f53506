"""``python -m codegen version``: the changes since the last release decide which version the next one has at least."""

from pathlib import Path

import pytest
from repository import Released


@pytest.fixture
def repository(tmp_path: Path) -> Released:
    return Released(tmp_path / "repository")


def edit(repository: Released, name: str, old: str, new: str) -> None:
    assert old in repository.text(name)
    (repository.root / name).write_text(repository.text(name).replace(old, new), encoding="utf-8")


SURFACE = "codegen/surface.yaml"
ERRORS = "wrapper/osvi/errors.py"
CLIENT = "wrapper/osvi/_client.py"
A_PROMISE = "      help_requested: bool\n"
# The file, the text that is replaced, its replacement, and what the report says of it.
NOTHING = (SURFACE, A_PROMISE, A_PROMISE, "")
GROWTH = (SURFACE, A_PROMISE, f"{A_PROMISE}      x_score: float\n", "`ChatSession.x_score`: `float`.")
BREAK = (SURFACE, A_PROMISE, "", "`ChatSession.help_requested` is gone")
A_METHOD = "    def close(self) -> None:\n"
X_METHOD = f'    def x_score(self) -> None:\n        """X."""\n\n{A_METHOD}'
GROWTH_BY_HAND = (CLIENT, A_METHOD, X_METHOD, "new: osvi.Client.x_score")
BREAK_BY_HAND = (ERRORS, "class ServerError", "class ServersError", "`ServerError`: *Public object was removed*")
ANOTHER_DEFAULT = (CLIENT, "retries: int = 2", "retries: int = 3", "(retries)`: *Parameter default was changed*")
AN_ARGUMENT_LESS = (CLIENT, "        retries: int = 2,\n", "", "(retries)`: *Parameter was removed*")
AN_ARGUMENT_IS_NEEDED = (CLIENT, "retries: int = 2", "retries: int", "(retries)`: *Parameter is now required*")


@pytest.mark.parametrize(
    ("last", "change", "too_small", "enough"),
    [
        ("0.1.1", NOTHING, "0.1.0", "0.1.2"),
        ("0.1.0", GROWTH, "0.1.9", "0.2.0"),
        ("0.1.0", BREAK, "0.1.9", "0.2.0"),
        ("1.2.3", NOTHING, "1.2.2", "1.2.4"),
        ("1.2.3", GROWTH, "1.2.4", "1.3.0"),
        ("1.2.3", GROWTH_BY_HAND, "1.2.4", "1.3.0"),
        ("1.2.3", BREAK, "1.10.0", "2.0.0"),
        ("1.2.3", BREAK_BY_HAND, "1.10.0", "2.0.0"),
        ("1.2.3", ANOTHER_DEFAULT, "1.10.0", "2.0.0"),
        ("1.2.3", AN_ARGUMENT_LESS, "1.10.0", "2.0.0"),
        ("1.2.3", AN_ARGUMENT_IS_NEEDED, "1.10.0", "2.0.0"),
    ],
)
def test_a_tag_that_is_too_small_for_what_has_changed_is_refused(
    repository: Released, last: str, change: tuple[str, str, str, str], too_small: str, enough: str
) -> None:
    repository.release(last)
    edit(repository, *change[:3])

    repository.set_version(too_small)
    refused = repository.version(f"v{too_small}")
    assert refused.returncode == 1, refused.stderr
    assert f"{too_small} is too small: after v{last} it has to be {enough} or more" in refused.stdout
    assert change[3] in refused.stdout

    repository.set_version(enough)
    assert repository.version(f"v{enough}").returncode == 0
    assert f"{enough} is large enough" in repository.version().stdout


def test_a_tag_that_is_not_the_version_is_refused(repository: Released) -> None:
    result = repository.version("v0.2.0")

    assert result.returncode == 1
    assert "The tag v0.2.0 does not match wrapper/osvi/_version.py, which has 0.1.0." in result.stdout


def test_a_release_without_a_heading_in_the_changelog_is_refused(repository: Released) -> None:
    repository.set_version("0.2.0")
    edit(repository, "CHANGELOG.md", "## [0.2.0]\n", "")
    result = repository.version("v0.2.0")

    assert result.returncode == 1
    assert "CHANGELOG.md has no heading ## [0.2.0]" in result.stdout
    assert repository.version().returncode == 0


def test_a_tree_without_a_change_may_have_the_version_of_the_last_release(repository: Released) -> None:
    assert repository.version().returncode == 0
    edit(repository, *GROWTH[:3])
    assert repository.version().returncode == 1


def test_before_the_first_release_any_version_is_large_enough(repository: Released) -> None:
    repository.git("tag", "--delete", "v0.1.0")
    edit(repository, *BREAK[:3])

    assert repository.version().stdout == "0.1.0: no release yet.\n"
