"""codegen/update_spec.py, on a copy of the repository."""

from pathlib import Path

import pytest
from repository import ROOT, Repository
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
    result = repository.update(repository.page(PAGE.format(repository.spec)))

    assert result.returncode == 0, result.stderr
    assert "What changed in the contract:\n  nothing; wording, examples or order at most" in result.stdout
    assert "What the wrapper needs:\n  nothing" in result.stdout
    assert repository.contents() == before


def test_a_document_comes_from_a_url_too(repository: Repository) -> None:
    changed = repository.spec + "# a comment\n"
    with serving(raw(changed.encode())) as server:
        result = repository.update(f"{server.url}/openapi.yaml")

    assert result.returncode == 0, result.stderr
    assert (repository.root / "openapi.yaml").read_text(encoding="utf-8") == changed


def test_what_changed_and_what_it_needs_is_told(earlier: Repository) -> None:
    changed = earlier.spec.replace(
        "  ChatV1Error:\n      type: object\n      properties:\n",
        "  ChatV1Error:\n      type: object\n      properties:\n        details:\n          type: string\n",
    )
    changed = changed.replace("name: API-Token", "name: X-API-Token").replace(
        "            - closed", "            - closed\n            - paused"
    )
    assert changed != earlier.spec
    result = earlier.update(earlier.page(changed))

    assert result.returncode == 1, result.stderr
    assert "~ security scheme ApiToken: apiKey in header API-Token -> apiKey in header X-API-Token" in result.stdout
    assert "+ ChatV1Error.details: string" in result.stdout
    assert "~ ChatV1Session.status values: active, closed -> active, closed, paused" in result.stdout
    needed = result.stdout.partition("What the wrapper needs:")[2]
    assert "components.schemas.ChatV1Error.details: expected a property that the wrapper has" in needed
    assert (
        "expected apiKey in header api-token, found apiKey in header x-api-token; see wrapper/osvi/_core/token.py"
        in needed
    )
    assert (earlier.root / "openapi.yaml").read_text(encoding="utf-8") == changed


def test_a_renamed_path_is_told_although_the_wrapper_cannot_be_imported(earlier: Repository) -> None:
    result = earlier.update(earlier.page(earlier.spec.replace("/v1/chat/session/active:", "/v2/session:")))

    assert result.returncode == 1, result.stderr
    assert "- GET /v1/chat/session/active: security" in result.stdout
    assert "paths (GET /v1/chat/session/active): expected the operation that the wrapper calls" in result.stdout


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
                "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {/a: {post: {requestBody: {content: "
                "{application/xml: {schema: {type: object}}}}, responses: {'200': {description: x}}}}}\n"
            ),
            "openapi-python-client refused the spec",
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
