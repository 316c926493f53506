"""codegen/update_spec.py, on a copy of the repository."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from repository import ROOT, Repository
from spec import load
from support import raw, serving

PAGE = "# Get session\n\nText.\n\n## OpenAPI\n\n````yaml GET /v1/chat/session/active\n{}````\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def earlier(tmp_path: Path) -> Repository:
    """Give one that has the vendor's document as it was when the edits below were written."""
    return Repository(tmp_path / "repository", ROOT / "tests" / "specs" / "first.yaml")


def test_the_same_spec_changes_nothing(repository: Repository) -> None:
    before = repository.contents()
    is_fenced = repository.spec.endswith("\n")
    result = repository.update(repository.page(PAGE.format(repository.spec) if is_fenced else repository.spec))

    assert result.returncode == 0, result.stderr
    assert "What users gain, for the CHANGELOG:\n  nothing\nWhat breaks:\n  nothing\n" in result.stdout
    assert repository.contents() == before


def test_a_document_comes_from_a_url_too(repository: Repository) -> None:
    changed = repository.spec + "# a comment\n"
    with serving(raw(changed.encode())) as server:
        result = repository.update(f"{server.url}/openapi.yaml")

    assert result.returncode == 0, result.stderr
    assert (repository.root / "openapi.yaml").read_text(encoding="utf-8") == changed


def test_what_grows_is_told_for_the_changelog_and_nothing_is_left_to_do(earlier: Repository) -> None:
    spec = load(earlier.root / "openapi.yaml")
    session = spec["components"]["schemas"]["ChatV1Session"]["properties"]
    session["status"]["enum"].append("x_paused")
    session["x_score"] = {"type": "number"}
    body = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "to": {}}}
    request = {"required": True, "content": {"application/json": {"schema": body}}}
    spec["paths"]["/x-notes"] = {"post": {"requestBody": request, "responses": {"204": {"description": "Made."}}}}
    result = earlier.update(earlier.page(json.dumps(spec)))

    assert result.returncode == 0, result.stdout + result.stderr
    assert "  - `ChatSession.x_score`: `float`.\n" in result.stdout
    assert '  - `SessionStatus.X_PAUSED`: `"x_paused"`.\n' in result.stdout
    assert "  - `osvi.operations.post_x_notes`, `POST /x-notes`: needs text, returns `None`.\n" in result.stdout
    assert "operations.post_x_notes.to: Any" in (earlier.root / "codegen" / "surface.txt").read_text().splitlines()
    assert subprocess.run(["bash", earlier.root / "generate.sh", "--check"], check=False).returncode == 0


def test_what_breaks_is_told_and_the_promise_stays(earlier: Repository) -> None:
    promised = (earlier.root / "codegen" / "surface.txt").read_text()
    changed = earlier.spec.replace("name: API-Token", "name: X-API-Token").replace("help_requested", "needs_human")
    result = earlier.update(earlier.page(changed))

    assert result.returncode == 1, result.stdout + result.stderr
    assert (
        "  openapi.yaml ChatV1Session.help_requested: `ChatSession.help_requested` is gone; perhaps it is called "
        "`needs_human` now, of the same type. That takes a major release. To accept it, delete "
        "the lines of `models.ChatV1Session.help_requested` from codegen/surface.txt and run ./generate.sh\n"
    ) in result.stdout
    assert "the token header is `x-api-token` now, and was `api-token`. That takes a major release." in result.stdout
    assert set(promised.splitlines()) <= {*(earlier.root / "codegen" / "surface.txt").read_text().splitlines()}
    assert (earlier.root / "openapi.yaml").read_text(encoding="utf-8") == changed


def test_a_hand_takes_a_promise_out_and_what_is_there_comes_in(earlier: Repository) -> None:
    lock = earlier.root / "codegen" / "surface.txt"
    earlier.update(
        earlier.page(
            earlier.spec.replace("type: boolean\n          description", "type: string\n          description")
        )
    )
    lock.write_text(lock.read_text().replace("models.ChatV1Session.help_requested: bool\n", ""))

    assert subprocess.run(["bash", earlier.root / "generate.sh", "--check"], check=False).returncode == 1
    assert subprocess.run(["bash", earlier.root / "generate.sh"], check=False).returncode == 0
    assert "models.ChatV1Session.help_requested: str" in lock.read_text().splitlines()
    assert earlier.update(os.fspath(earlier.root / "openapi.yaml")).returncode == 0


def test_a_wrapper_that_cannot_be_imported_is_a_finding(earlier: Repository) -> None:
    result = earlier.update(earlier.page(earlier.spec.replace("/v1/chat/session/active:", "/v2/session:")))

    assert result.returncode == 1, result.stderr
    assert "`osvi.operations.get_v1_chat_session_active` is gone" in result.stdout
    assert "perhaps it is called `get_v2_session` now" in result.stdout
    assert "wrapper/osvi: ImportError" in result.stdout


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("no document at all", "not an OpenAPI 3 document"),
        ("```yaml\nopenapi: 3.1.0\n```\n```yaml\nopenapi: 3.0.0\n```\n", "holds 2 OpenAPI documents"),
        ("```yaml\nopenapi: 3.1.0\n```\n", "not a valid OpenAPI document"),
        (
            "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {/a: {get: {responses: {}}}, /a: {}}\n",
            "duplicate key",
        ),
        ("openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {a: {}}\n", "paths"),
        (
            (
                "openapi: 3.1.0\ninfo: {title: x, version: '1'}\nservers: [{url: 'https://x'}]\n"
                "components: {securitySchemes: {T: {type: apiKey, in: header, name: T}}}\n"
                "paths: {/a: {post: {requestBody: {content: "
                "{application/xml: {schema: {type: object}}}}, responses: {'200': {description: x}}}}}\n"
            ),
            "a body of application/xml cannot be generated",
        ),
    ],
)
def test_what_cannot_be_taken_in_leaves_everything_as_it_was(repository: Repository, page: str, why: str) -> None:
    before = repository.contents()
    result = repository.update(repository.page(page))

    assert result.returncode == 2
    assert why in result.stderr
    assert repository.contents() == before


def test_a_source_that_is_not_there_is_told(repository: Repository) -> None:
    result = repository.update("no-such-file.yaml")

    assert result.returncode == 2
    assert "no-such-file.yaml: cannot be read" in result.stderr
