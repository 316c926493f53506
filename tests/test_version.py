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


# A change: the file, the text that is replaced, and its replacement.
Change = tuple[str, str, str]
SURFACE = "codegen/surface.yaml"
CLIENT = "wrapper/osvi/_client.py"
A_PROMISE = "      help_requested: bool\n"
A_METHOD = "    def close(self) -> None:\n"
GROWTH: Change = (SURFACE, A_PROMISE, f"{A_PROMISE}      x_score: float\n")
GROWTH_BY_HAND: Change = (CLIENT, A_METHOD, f'    def x_score(self) -> None:\n        """X."""\n\n{A_METHOD}')
BREAK: Change = (SURFACE, A_PROMISE, "")
BREAKS_BY_HAND: list[Change] = [
    ("wrapper/osvi/errors.py", "class ServerError", "class ServersError"),
    (CLIENT, "retries: int = 2", "retries: int = 3"),
    (CLIENT, "        timeout: float = 10.0,\n        retries", "        retries"),
    (CLIENT, "max_response_bytes: int = 2 * 2**20", "max_response_bytes: int"),
]
SAID_BY_HAND = [
    "`osvi.errors.ServerError` is gone\n",
    "`osvi.Client.__init__(retries=…)` is `keyword-only, 3` now, and was `keyword-only, 2`\n",
    "`osvi.Client.__init__(timeout=…)` is gone\n",
    "`osvi.Client.__init__()` needs `max_response_bytes` too\n",
]


@pytest.mark.parametrize(
    ("last", "changes", "too_small", "enough", "said"),
    [
        ("0.1.1", [], "0.1.0", "0.1.2", []),
        ("0.1.0", [GROWTH], "0.1.9", "0.2.0", ["`ChatSession.x_score`: `float`."]),
        ("0.1.0", [BREAK], "0.1.9", "0.2.0", ["`ChatSession.help_requested` is gone"]),
        ("1.2.3", [GROWTH_BY_HAND], "1.2.4", "1.3.0", ["`osvi.Client.x_score` is new."]),
        ("1.2.3", [BREAK], "1.10.0", "2.0.0", ["`ChatSession.help_requested` is gone"]),
        ("1.2.3", BREAKS_BY_HAND, "1.10.0", "2.0.0", SAID_BY_HAND),
        ("0.2.0rc1", [BREAK], "0.1.9", "0.2.0", ["`ChatSession.help_requested` is gone"]),
        ("0.2.0rc2", [], "0.2.0rc1", "0.2.0", []),
    ],
    ids=[
        "nothing",
        "growth in 0.x",
        "a break in 0.x",
        "growth by hand",
        "a break",
        "breaks by hand",
        "a break after a candidate",
        "an earlier candidate",
    ],
)
def test_a_tag_that_is_too_small_for_what_has_changed_is_refused(  # noqa: PLR0913, PLR0917 - a table
    repository: Released, last: str, changes: list[Change], too_small: str, enough: str, said: list[str]
) -> None:
    repository.release(last)
    for change in changes:
        edit(repository, *change)

    repository.set_version(too_small)
    before = repository.text("codegen/released.yaml")
    refused = repository.version(f"v{too_small}")
    assert refused.returncode == 1, refused.stderr
    assert f"{too_small} is too small. After v{last}, the version has to be {enough} or more." in refused.stdout
    assert [text for text in said if text not in refused.stdout] == []
    assert repository.text("codegen/released.yaml") == before

    repository.set_version(enough)
    assert repository.version(f"v{enough}").returncode == 0
    assert f"version: {enough}\n" in repository.text("codegen/released.yaml")
    assert f"{enough} is large enough" in repository.version().stdout


@pytest.mark.parametrize(
    ("version", "status"), [("1.0.0.dev1", 1), ("1.2.4.post1", 0), ("1.2.3.post1", 1), ("2.0.0rc1", 0)]
)
def test_versions_are_compared_as_pep_440_says(repository: Released, version: str, status: int) -> None:
    repository.release("1.2.3")
    repository.set_version(version)

    assert repository.version(f"v{version}").returncode == status


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
    edit(repository, *GROWTH)
    assert repository.version().returncode == 1


def test_before_the_first_release_any_version_is_large_enough(repository: Released) -> None:
    (repository.root / "codegen/released.yaml").unlink()
    edit(repository, *BREAK)

    assert repository.version().stdout == "0.1.0 is large enough. There is no release yet: any version.\n"
    assert repository.version().returncode == 0
    assert not (repository.root / "codegen/released.yaml").exists()
