"""``python -m codegen watch``, on a copy of the repository, and pages that are served on loopback."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from edits import with_edits
from repository import CHANGELOG, FIRST, ROOT, Released
from ruamel.yaml import YAML
from support import raw

from codegen.document.reading import Node, load

CLOSE = "Connection: close"  # so that the next page has a connection, and an answer, of its own


@pytest.fixture
def repository(tmp_path: Path) -> Released:
    return Released(tmp_path / "repository")


def served(document: Node) -> bytes:
    return raw(f"# Page\n\n````yaml\n{json.dumps(document)}\n````\n".encode(), "200 OK", CLOSE)


A_SCORE = {"session.x_score": {"type": "number"}}
A_RANK = {"session.x_rank": {"type": "integer"}}
ANOTHER_HEADER = {"scheme": {"name": "X-API-Token"}}


def changed(*edits: dict[str, Any]) -> bytes:
    return served(with_edits(load(FIRST), {place: patch for edit in edits for place, patch in edit.items()}))


def test_without_addresses_there_is_nothing_to_do(repository: Released) -> None:
    result = repository.run("-m", "codegen", "watch")

    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing to do" in result.stdout
    assert repository.changed() == set()


def test_pages_with_the_present_spec_change_nothing(repository: Released) -> None:
    result = repository.watch(raw(repository.spec.encode(), "200 OK", CLOSE))

    assert (result.returncode, result.stdout, result.stderr) == (0, "Nothing has changed.\n", "")
    assert repository.changed() == set()


def test_growth_is_complete_for_a_pull_request(repository: Released) -> None:
    result = repository.watch(changed(A_SCORE))

    assert result.returncode == 0, result.stdout + result.stderr
    assert repository.changed() == {
        ".pull-request/body.md",
        ".pull-request/title.txt",
        "CHANGELOG.md",
        "codegen/surface.yaml",
        "openapi.yaml",
        "wrapper/osvi/_version.py",
    }
    line = "- `ChatSession.x_score`: `float`.\n"
    assert repository.text("CHANGELOG.md") == CHANGELOG.replace("### Fixed", f"### Added\n\n{line}\n### Fixed", 1)
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.2.0"\n'
    assert line in repository.text(".pull-request/body.md")
    body = repository.text(".pull-request/body.md")
    assert body.startswith("The version is 0.2.0; the last release is 0.1.0.\n\n~~~text\nPages:\n")
    assert repository.generate("--check").returncode == 0
    repository.set_version("0.2.0")
    assert repository.version("v0.2.0").returncode == 0


def test_further_growth_goes_under_the_same_heading_and_version(repository: Released) -> None:
    repository.watch(changed(A_SCORE))
    others = "## [Unreleased]\n\n### Changed\n\n- A default.\n"  # the heading need not be the first
    text = repository.text("CHANGELOG.md").replace("## [Unreleased]\n", others, 1)
    (repository.root / "CHANGELOG.md").write_text(text, encoding="utf-8")

    result = repository.watch(changed(A_SCORE, A_RANK))

    assert result.returncode == 0, result.stdout + result.stderr
    lines = ["- `ChatSession.x_rank`: `int`.\n", "- `ChatSession.x_score`: `float`.\n"]
    assert f"{others}\n### Added\n\n{''.join(lines)}\n### Fixed" in repository.text("CHANGELOG.md")
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.2.0"\n'


def test_a_changelog_without_a_heading_for_what_is_not_released_gets_one(repository: Released) -> None:
    released = CHANGELOG.partition("## [0.1.0]")[2]
    (repository.root / "CHANGELOG.md").write_text(f"# Changelog\n\n## [0.1.0]{released}", encoding="utf-8")
    repository.watch(changed(A_SCORE))

    line = "- `ChatSession.x_score`: `float`.\n"
    expected = f"# Changelog\n\n## [Unreleased]\n\n### Added\n\n{line}\n## [0.1.0]{released}"
    assert repository.text("CHANGELOG.md") == expected


def test_another_wording_is_a_patch(repository: Released) -> None:
    result = repository.watch(changed({"document.info": {"description": "Another."}}))

    assert result.returncode == 0, result.stdout + result.stderr
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.1.1"\n'
    assert repository.text("CHANGELOG.md") == CHANGELOG


def test_a_break_is_reported_each_time_and_changes_nothing(repository: Released) -> None:
    before = repository.contents()
    for _ in range(2):
        result = repository.watch(changed(A_SCORE, ANOTHER_HEADER))

        assert result.returncode == 1, result.stdout + result.stderr
        assert "the token header is `x-api-token` now, and was `api-token`" in repository.text(".pull-request/body.md")
        assert "After v0.1.0, the version has to be 0.2.0 or more." in repository.text(".pull-request/body.md")
        assert "breaks users" in repository.text(".pull-request/title.txt")
        assert repository.contents() == before
        assert repository.text("CHANGELOG.md") == CHANGELOG


def test_a_page_of_an_index_that_has_lost_its_document_is_a_break(repository: Released) -> None:
    index = raw(b"# API\n\n- [Session](/1.md)\n- [Other](/2.md)\n", "200 OK", CLOSE)
    other = load(FIRST) | {"paths": {"/v1/notes": {"get": {"responses": {"204": {"description": "None."}}}}}}
    before = repository.contents()
    result = repository.watch(index, raw(b"# Session\n", "200 OK", CLOSE), served(other), pages=1)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "`osvi.operations.get_v1_chat_session_active` is gone" in result.stdout
    assert repository.contents() == before


UPLOAD = {"requestBody": {"content": {"multipart/form-data": {}}}, "responses": {"204": {"description": "Done."}}}
AN_UPLOAD = {"paths./v1/uploads": {"post": UPLOAD}}
LINE = '"POST /v1/uploads": "a body of multipart/form-data"'


def test_an_operation_that_cannot_be_served_does_not_keep_others_out(repository: Released) -> None:
    result = repository.watch(changed(A_SCORE, AN_UPLOAD))

    assert result.returncode == 0, result.stdout + result.stderr
    assert "codegen/not_served.yaml" in repository.changed()
    assert repository.text("codegen/not_served.yaml").endswith(f"\n{LINE}\n")
    assert f"What users do not get, in codegen/not_served.yaml from now on:\n  {LINE}\n" in result.stdout
    assert "- `ChatSession.x_score`: `float`.\n" in result.stdout
    assert repository.generate("--check").returncode == 0

    assert repository.watch(changed(A_SCORE, AN_UPLOAD)).stdout == "Nothing has changed.\n"


def page(path: str) -> bytes:
    return served(load(FIRST) | {"paths": {path: {"get": {"responses": {"204": {"description": "None."}}}}}})


def test_a_page_that_has_moved_in_its_index_is_taken_in_without_a_new_version(repository: Released) -> None:
    index = "# API\n\n- [Session](/1.md)\n- [Notes](/{}.md)\n"
    pages = [served(load(FIRST)), page("/v1/notes")]
    first = repository.watch(raw(index.format("2").encode(), "200 OK", CLOSE), *pages, pages=1)
    assert first.returncode == 0, first.stdout + first.stderr
    repository.release("0.2.0")
    repository.commit()
    second = repository.watch(raw(index.format("3").encode(), "200 OK", CLOSE), *pages, pages=1)

    assert second.returncode == 0, second.stdout + second.stderr
    assert "/3.md: new\n" in second.stdout
    assert repository.changed() == {
        ".pull-request/body.md",
        ".pull-request/title.txt",
        "codegen/pages/2.yaml",
        "codegen/pages/3.yaml",
        "codegen/pages/addresses.yaml",
    }
    assert repository.text("wrapper/osvi/_version.py") == '__version__ = "0.2.0"\n'


def test_the_pull_request_has_all_files_that_the_command_changes(repository: Released) -> None:
    notes = {"get": {"responses": {"204": {"description": "None."}}}}
    repository.watch(changed(A_SCORE, AN_UPLOAD), changed(A_SCORE, {"item": None, "paths./v1/notes": notes}))
    workflow = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "spec.yml")
    (paths,) = (
        step["with"]["add-paths"].split()
        for step in workflow["jobs"]["pull-request"]["steps"]
        if "add-paths" in step.get("with", {})
    )
    changes = {name for name in repository.changed() if not name.startswith(".pull-request/")}

    assert {name.split("/")[0] for name in changes} == {"CHANGELOG.md", "codegen", "openapi.yaml", "wrapper"}
    assert [name for name in changes if not name.startswith(tuple(paths))] == []


def test_the_pages_of_the_vendor_are_watched() -> None:
    addresses = YAML(typ="safe").load(ROOT / "codegen" / "pages.yaml")

    assert {urlsplit(address)[:2] for address in addresses} == {("https", "docs.osvi.ai")}


GOOD = changed(A_SCORE)
BROKEN = {
    "a redirect": (
        raw(b"", "308 Permanent Redirect", "Location: https://docs.osvi.ai/new.md", CLOSE),
        "has moved to https://docs.osvi.ai/new.md",
    ),
    "a page that is gone": (raw(b"", "404 Not Found", CLOSE), "404 Not Found"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_is_broken_fails_loudly_and_changes_nothing(name: str, repository: Released) -> None:
    answer, why = BROKEN[name]
    result = repository.watch(GOOD, answer)

    assert result.returncode == 2
    assert "/1.md" in result.stderr
    assert why in result.stderr
    assert repository.changed() == set()
