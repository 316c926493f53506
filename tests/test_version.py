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
    repository.commit()


def release(repository: Released, version: str) -> None:
    (repository.root / "wrapper/osvi/_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    repository.commit()


SURFACE = "codegen/surface.txt"
A_PROMISE = "models.ChatV1Session.help_requested: bool\n"
# The file, the text that is replaced, its replacement, and what the report says of it.
NOTHING = (SURFACE, A_PROMISE, A_PROMISE, "")
GROWTH = (SURFACE, A_PROMISE, f"{A_PROMISE}models.ChatV1Session.x_score: float\n", "`ChatSession.x_score`: `float`.")
BREAK = (SURFACE, A_PROMISE, "", "`ChatSession.help_requested` is gone")
BREAK_BY_HAND = ("wrapper/osvi/errors.py", "class ServerError", "class ServersError", "ServerError")


@pytest.mark.parametrize(
    ("last", "change", "too_small", "enough"),
    [
        ("0.1.0", NOTHING, "0.1.0", "0.1.1"),
        ("0.1.0", GROWTH, "0.1.9", "0.2.0"),
        ("0.1.0", BREAK, "0.1.9", "0.2.0"),
        ("1.2.3", NOTHING, "1.2.3", "1.2.4"),
        ("1.2.3", GROWTH, "1.2.4", "1.3.0"),
        ("1.2.3", BREAK, "1.10.0", "2.0.0"),
        ("1.2.3", BREAK_BY_HAND, "1.10.0", "2.0.0"),
    ],
)
def test_a_tag_that_is_too_small_for_what_has_changed_is_refused(
    repository: Released, last: str, change: tuple[str, str, str, str], too_small: str, enough: str
) -> None:
    release(repository, last)
    repository.git("tag", "--force", f"v{last}")
    edit(repository, *change[:3])

    release(repository, too_small)
    refused = repository.version(f"v{too_small}")
    assert refused.returncode == 1, refused.stderr
    assert f"{too_small} is too small: after v{last} it has to be {enough} or more" in refused.stdout
    assert change[3] in refused.stdout

    release(repository, enough)
    repository.git("tag", f"v{enough}")
    assert repository.version(f"v{enough}").returncode == 0


def test_a_tag_that_is_not_the_version_is_refused(repository: Released) -> None:
    result = repository.version("v0.2.0")

    assert result.returncode == 1
    assert "The tag v0.2.0 does not match wrapper/osvi/_version.py, which has 0.1.0." in result.stdout


def test_a_tree_without_a_change_may_have_the_version_of_the_last_release(repository: Released) -> None:
    assert repository.version().returncode == 0
    edit(repository, *GROWTH[:3])
    assert repository.version().returncode == 1


def test_uncommitted_changes_count_as_changes_after_the_tag(repository: Released) -> None:
    repository.git("tag", "--force", "v0.1.0")
    (repository.root / SURFACE).write_text(repository.text(SURFACE).replace(*GROWTH[1:3]), encoding="utf-8")

    assert "0.1.0 is too small: after v0.1.0 it has to be 0.2.0 or more" in repository.version().stdout


def test_before_the_first_release_any_version_is_large_enough(repository: Released) -> None:
    repository.git("tag", "--delete", "v0.1.0")
    edit(repository, *BREAK[:3])

    assert repository.version("v0.1.0").stdout == "0.1.0: no release yet.\n"
