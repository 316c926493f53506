"""``python -m codegen version``: the changes since the last release decide which version the next one has at least."""

import shutil
from pathlib import Path

import pytest
from repository import Released


@pytest.fixture
def repository(tmp_path: Path) -> Released:
    """Return a repository without the history of git, like that of an archive."""
    released = Released(tmp_path / "repository")
    shutil.rmtree(released.root / ".git")
    return released


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
GROWTH_BY_HAND = (CLIENT, A_METHOD, X_METHOD, "`osvi.Client.x_score` is new.")
BREAK_BY_HAND = (ERRORS, "class ServerError", "class ServersError", "`osvi.errors.ServerError` is gone\n")
ANOTHER_DEFAULT = (
    CLIENT,
    "retries: int = 2",
    "retries: int = 3",
    "`osvi.Client.__init__(retries=…)` is `keyword-only, 3` now, and was `keyword-only, 2`\n",
)
AN_ARGUMENT_LESS = (
    CLIENT,
    "        retries: int = 2,\n",
    "",
    "`osvi.Client.__init__(retries=…)` is gone\n",
)
AN_ARGUMENT_IS_NEEDED = (CLIENT, "retries: int = 2", "retries: int", "`osvi.Client.__init__()` needs `retries` too\n")


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
    before = repository.text("codegen/released.yaml")
    refused = repository.version(f"v{too_small}")
    assert refused.returncode == 1, refused.stderr
    assert f"{too_small} is too small. After v{last}, the version has to be {enough} or more." in refused.stdout
    assert change[3] in refused.stdout
    assert repository.text("codegen/released.yaml") == before

    repository.set_version(enough)
    assert repository.version(f"v{enough}").returncode == 0
    assert f"version: {enough}\n" in repository.text("codegen/released.yaml")
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
    before = repository.version()
    assert before.returncode == 0
    assert "CHANGELOG.md has no heading ## [0.2.0]; a release needs it" in before.stdout


def test_a_release_that_is_recorded_may_be_checked_again(repository: Released) -> None:
    before = repository.text("codegen/released.yaml")

    assert repository.version("v0.1.0").returncode == 0
    assert repository.text("codegen/released.yaml") == before


def test_a_tree_without_a_change_may_have_the_version_of_the_last_release(repository: Released) -> None:
    assert repository.version().returncode == 0
    edit(repository, *GROWTH[:3])
    assert repository.version().returncode == 1


def test_before_the_first_release_any_version_is_large_enough(repository: Released) -> None:
    (repository.root / "codegen/released.yaml").unlink()
    edit(repository, *BREAK[:3])

    assert repository.version().stdout == "0.1.0 is large enough. There is no release yet: any version.\n"
    assert repository.version().returncode == 0
    assert not (repository.root / "codegen/released.yaml").exists()
