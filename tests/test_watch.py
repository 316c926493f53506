"""codegen/watch.py, on a copy of the repository, and pages that are served on loopback."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import CHANGELOG, FIRST, Released
from spec import Spec, load
from support import raw

CLOSE = "Connection: close"  # so that the next page has a connection, and an answer, of its own


@pytest.fixture
def repository(tmp_path: Path) -> Released:
    return Released(tmp_path / "repository")


def served(document: Spec) -> bytes:
    return raw(f"# Page\n\n````yaml\n{json.dumps(document)}\n````\n".encode(), "200 OK", CLOSE)


def edited(change: Callable[[Spec], object]) -> bytes:
    document = load(FIRST)
    change(document)
    return served(document)


def with_a_score(document: Spec) -> None:
    document["components"]["schemas"]["ChatV1Session"]["properties"]["x_score"] = {"type": "number"}


def with_another_header(document: Spec) -> None:
    document["components"]["securitySchemes"]["ApiToken"]["name"] = "X-API-Token"


def test_without_addresses_there_is_nothing_to_do(repository: Released) -> None:
    result = repository.run(os.fspath(repository.root / "codegen" / "watch.py"))

    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing to do" in result.stdout
    assert repository.changed() == set()


def test_pages_that_say_what_is_there_change_nothing(repository: Released) -> None:
    result = repository.watch(raw(repository.spec.encode(), "200 OK", CLOSE))

    assert (result.returncode, result.stdout, result.stderr) == (0, "Nothing has changed.\n", "")
    assert repository.changed() == set()


def test_growth_is_complete_for_a_pull_request(repository: Released) -> None:
    result = repository.watch(edited(with_a_score))

    assert result.returncode == 0, result.stdout + result.stderr
    assert repository.changed() == {
        ".pull-request/body.md",
        ".pull-request/title.txt",
        "CHANGELOG.md",
        "codegen/surface.txt",
        "openapi.yaml",
        "wrapper/osvi/_version.py",
    }
    line = "- `ChatSession.x_score`: `float`.\n"
    assert repository.text("CHANGELOG.md") == CHANGELOG.replace("### Fixed", f"### Added\n\n{line}\n### Fixed", 1)
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.2.0"\n'
    assert line in repository.text(".pull-request/body.md")
    assert "The version is 0.2.0; the last release is v0.1.0." in repository.text(".pull-request/body.md")
    assert subprocess.run(["bash", repository.root / "generate.sh", "--check"], check=False).returncode == 0
    repository.commit()
    assert repository.version("v0.2.0").returncode == 0


def test_further_growth_goes_under_the_same_heading_and_version(repository: Released) -> None:
    repository.watch(edited(with_a_score))

    def with_a_rank(document: Spec) -> None:
        with_a_score(document)
        document["components"]["schemas"]["ChatV1Session"]["properties"]["x_rank"] = {"type": "integer"}

    result = repository.watch(edited(with_a_rank))

    assert result.returncode == 0, result.stdout + result.stderr
    lines = ["- `ChatSession.x_rank`: `int`.\n", "- `ChatSession.x_score`: `float`.\n"]
    assert f"## [Unreleased]\n\n### Added\n\n{''.join(lines)}\n### Fixed" in repository.text("CHANGELOG.md")
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.2.0"\n'


def test_a_changelog_without_a_heading_for_what_is_not_released_gets_one(repository: Released) -> None:
    released = CHANGELOG.partition("## [0.1.0]")[2]
    (repository.root / "CHANGELOG.md").write_text(f"# Changelog\n\n## [0.1.0]{released}", encoding="utf-8")
    repository.watch(edited(with_a_score))

    line = "- `ChatSession.x_score`: `float`.\n"
    expected = f"# Changelog\n\n## [Unreleased]\n\n### Added\n\n{line}\n## [0.1.0]{released}"
    assert repository.text("CHANGELOG.md") == expected


def test_another_wording_is_a_patch(repository: Released) -> None:
    result = repository.watch(edited(lambda document: document["info"].update(description="Another.")))

    assert result.returncode == 0, result.stdout + result.stderr
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.1.1"\n'
    assert repository.text("CHANGELOG.md") == CHANGELOG


def test_a_break_is_told_in_words_of_users_each_time_and_left_to_a_person(repository: Released) -> None:
    def change(document: Spec) -> None:
        with_a_score(document)
        with_another_header(document)

    before = repository.contents()
    for _ in range(2):
        result = repository.watch(edited(change))

        assert result.returncode == 1, result.stdout + result.stderr
        assert "the token header is `x-api-token` now, and was `api-token`" in repository.text(".pull-request/body.md")
        assert "breaks users" in repository.text(".pull-request/title.txt")
        assert repository.contents() == before
        assert repository.text("CHANGELOG.md") == CHANGELOG


def test_a_page_of_an_index_that_has_lost_its_document_is_a_break(repository: Released) -> None:
    index = raw(b"# API\n\n- [Session](/1.md)\n- [Other](/2.md)\n", "200 OK", CLOSE)
    other = json.loads(json.dumps(load(FIRST)))
    other["paths"] = {"/v1/notes": {"get": {"responses": {"204": {"description": "None."}}}}}
    before = repository.contents()
    result = repository.watch(index, raw(b"# Session\n", "200 OK", CLOSE), served(other), pages=1)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "`osvi.operations.get_v1_chat_session_active` is gone" in result.stdout
    assert repository.contents() == before


GOOD = edited(with_a_score)
BROKEN = {
    "garbage": (raw(b"<html>Please log in</html>", "200 OK", CLOSE), "not an OpenAPI 3 document"),
    "no valid document": (raw(b"```yaml\nopenapi: 3.1.0\n```\n", "200 OK", CLOSE), "not a valid OpenAPI document"),
    "a redirect": (
        raw(b"", "308 Permanent Redirect", "Location: https://docs.osvi.ai/new.md", CLOSE),
        "has moved to https://docs.osvi.ai/new.md",
    ),
    "a page that is gone": (raw(b"", "404 Not Found", CLOSE), "404 Not Found"),
    "a contradiction": (edited(with_another_header), "/components/securitySchemes/ApiToken/name"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_is_broken_fails_loudly_and_changes_nothing(name: str, repository: Released) -> None:
    answer, why = BROKEN[name]
    result = repository.watch(GOOD, answer)

    assert result.returncode == 2
    assert "/1.md: " in result.stderr
    assert why in result.stderr
    assert repository.changed() == set()
