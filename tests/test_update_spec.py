"""``python -m codegen update``, on a copy of the repository."""

import json
import os
from pathlib import Path

import pytest
from edits import with_edits
from repository import FIRST, Repository
from support import raw, serving

from codegen.document.reading import load

PAGE = "# Get session\n\nText.\n\n## OpenAPI\n\n````yaml GET /v1/chat/session/active\n{}````\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_the_same_spec_changes_nothing(repository: Repository) -> None:
    before = repository.contents()
    result = repository.update(repository.page(PAGE.format(repository.spec)))

    assert result.returncode == 0, result.stderr
    assert "What users gain, for the CHANGELOG:\n  nothing\nWhat breaks:\n  nothing\n" in result.stdout
    assert repository.contents() == before


def test_a_document_comes_from_a_url_too(repository: Repository) -> None:
    changed = repository.spec + "# a comment\n"
    with serving(raw(changed.encode())) as server:
        result = repository.update(f"{server.url}/openapi.yaml")

    assert result.returncode == 0, result.stderr
    assert repository.openapi.read_text(encoding="utf-8") == changed


def test_growth_is_reported_for_the_changelog_and_nothing_is_left_to_do(repository: Repository) -> None:
    body = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "to": {}}}
    request = {"required": True, "content": {"application/json": {"schema": body}}}
    growth = {
        "session.status.enum.+": "x_paused",
        "session.x_score": {"type": "number"},
        "paths./x-notes": {"post": {"requestBody": request, "responses": {"204": {"description": "Made."}}}},
    }
    result = repository.update(repository.page(json.dumps(with_edits(load(FIRST), growth))))

    assert result.returncode == 0, result.stdout + result.stderr
    assert "  - `ChatSession.x_score`: `float`.\n" in result.stdout
    assert '  - `SessionStatus.X_PAUSED`: `"x_paused"`.\n' in result.stdout
    assert "  - `osvi.operations.post_x_notes`, `POST /x-notes`: needs text, returns `None`.\n" in result.stdout
    assert "operations.post_x_notes.to: Any" in repository.surface.read_text().splitlines()
    assert repository.generate("--check").returncode == 0


def test_what_is_odd_in_the_document_is_named_and_keeps_nothing_out(repository: Repository) -> None:
    content = {"application/json": {"schema": {"type": "string"}}, "text/csv": {}}
    odd = {
        "parameters": [{"name": "q", "in": "query", "schema": {}, "odd": 1}],
        "responses": {"200": {"content": content}},
    }
    page = repository.page(json.dumps(with_edits(load(FIRST), {"paths./x-odd": {"get": odd}})))
    result = repository.update(page)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "`osvi.operations.get_x_odd`" in result.stdout
    for place in ("parameters/0", "responses/200"):
        assert f"\n  #/paths/~1x-odd/get/{place}: " in result.stdout
    assert "#/paths/~1x-odd/get/responses/200: only as JSON, not as text/csv\n" in result.stdout


def test_a_break_is_reported_and_the_promise_stays(repository: Repository) -> None:
    promised = repository.surface.read_text()
    changed = repository.spec.replace("name: API-Token", "name: X-API-Token").replace("help_requested", "needs_human")
    result = repository.update(repository.page(changed))

    assert result.returncode == 1, result.stdout + result.stderr
    assert (
        "  openapi.yaml ChatV1Session.help_requested: `ChatSession.help_requested` is gone; perhaps it is called "
        "`needs_human` now, of the same type. No release has promised it: `python -m codegen accept` accepts it\n"
    ) in result.stdout
    assert "the token header is `x-api-token` now, and was `api-token`. No release has" in result.stdout
    assert set(promised.splitlines()) <= set(repository.surface.read_text().splitlines())
    assert repository.openapi.read_text(encoding="utf-8") == changed


def test_a_promise_that_is_deleted_by_hand_is_replaced_by_what_is_offered(repository: Repository) -> None:
    changed = with_edits(load(FIRST), {"session.help_requested": {"type": "string", "example": None}})
    repository.update(repository.page(json.dumps(changed)))
    repository.surface.write_text(
        repository.surface.read_text().replace("models.ChatV1Session.help_requested: bool\n", "")
    )

    assert repository.generate("--check").returncode == 1
    assert repository.generate().returncode == 0
    assert "models.ChatV1Session.help_requested: str" in repository.surface.read_text().splitlines()
    assert repository.update(os.fspath(repository.openapi)).returncode == 0


def test_a_wrapper_that_lacks_its_operation_is_a_finding(repository: Repository) -> None:
    result = repository.update(repository.page(repository.spec.replace("/v1/chat/session/active:", "/v2/session:")))

    assert result.returncode == 1, result.stderr
    assert "`osvi.operations.get_v1_chat_session_active` is gone" in result.stdout
    assert "perhaps it is called `get_v2_session` now" in result.stdout
    name = "module 'osvi_openapi.operations' has no attribute 'get_v1_chat_session_active'"
    assert f"wrapper/osvi: AttributeError: {name}: change it" in result.stdout


INFO = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\n"
XML = (
    f"{INFO}servers: [{{url: 'https://x'}}]\n"
    "components: {securitySchemes: {T: {type: apiKey, in: header, name: T}}}\n"
    "paths: {/a: {post: {requestBody: {content: {application/xml: {schema: {type: object}}}}, "
    "responses: {'200': {description: x}}}}}\n"
)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("no document at all", "not an OpenAPI 3 document"),
        ("```yaml\nopenapi: 3.1.0\n```\n```yaml\nopenapi: 3.0.0\n```\n", "holds 2 OpenAPI documents"),
        ("```yaml\nopenapi: 3.1.0\n```\n", "not a valid OpenAPI document"),
        (f"{INFO}paths: {{/a: {{get: {{responses: {{}}}}}}, /a: {{}}}}\n", "duplicate key"),
        (f"{INFO}paths: []\n", "not a valid OpenAPI document:\n  #/paths: "),
        (INFO.replace("3.1.0", "3.9.0"), "OpenAPI 3.9.0 is not known"),
        (XML, "a body of application/xml"),
    ],
)
def test_a_spec_that_is_refused_changes_nothing(repository: Repository, page: str, why: str) -> None:
    before = repository.contents()
    result = repository.update(repository.page(page))

    assert result.returncode == 2
    assert why in result.stderr
    assert repository.contents() == before


def test_a_document_with_a_single_fault_is_used_and_the_fault_printed(repository: Repository) -> None:
    faulty = repository.spec.replace("ChatV1Error", "Chat V1 Error").replace("type: boolean", "type: bool")
    page = repository.page(faulty)
    result = repository.update(page)

    assert result.returncode == 0, result.stderr
    assert f"{page}: not a valid OpenAPI document:\n  #/components/schemas: " in result.stdout
    assert repository.openapi.read_text(encoding="utf-8") == faulty


def test_a_break_that_no_release_has_promised_is_accepted_by_one_command(repository: Repository) -> None:
    repository.replace("help_requested", "needs_human")
    assert repository.generate().returncode == 1
    assert "models.ChatV1Session.help_requested: bool" in repository.surface.read_text().splitlines()
    result = repository.run("-m", "codegen", "accept")

    assert result.returncode == 0, result.stderr
    assert "No longer promised:\n  models.ChatV1Session.help_requested: bool\n" in result.stdout
    assert "models.ChatV1Session.help_requested: bool" not in repository.surface.read_text().splitlines()
    assert "models.ChatV1Session.needs_human: bool" in repository.surface.read_text().splitlines()
    assert repository.generate().returncode == 0


def test_what_a_release_has_promised_is_not_accepted(repository: Repository) -> None:
    (repository.root / "codegen" / "released.txt").write_text(
        "models.ChatV1Session.help_requested: bool\nversion: 1.0.0\n"
    )
    repository.replace("help_requested", "needs_human")
    repository.replace("active_human", "operator")
    generated = repository.generate()

    assert (
        "`ChatSession.active_human` is gone; perhaps it is called `operator` now, of the same type. No "
        in generated.stdout
    )
    cure = "delete the lines of `models.ChatV1Session.help_requested` from codegen/surface.txt and run ./generate.sh\n"
    assert f"of the same type. That takes a major release. To accept it, {cure}" in generated.stdout
    result = repository.run("-m", "codegen", "accept")

    assert result.returncode == 1
    assert (
        "No longer promised:\n  models.ChatV1Session.active_human: str\nWhat is left to do:\n  openapi" in result.stdout
    )
    assert "models.ChatV1Session.help_requested: bool" in repository.surface.read_text().splitlines()


def test_a_new_property_is_seen_everywhere_at_once(repository: Repository) -> None:
    score = {"session.x_score": {"type": "number", "example": 0.5}}
    result = repository.update(repository.page(json.dumps(with_edits(load(FIRST), score))))
    assert result.returncode == 0, result.stdout + result.stderr

    script = """
import osvi
sandbox = osvi.testing.Sandbox()
session = sandbox.open_session("+1", agent_uuid="agent_x", x_score=1.5)
with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
    (result,) = client.iter_active_sessions(["+1"])
(row,) = result.rows()
print(session.x_score, row["x_score"])
"""
    assert repository.output("-c", script) == "1.5 1.5\n"
    (record,) = json.loads(repository.output("-m", "osvi", "active", "+15551112222", "--sandbox", "--json")).values()
    assert record["x_score"] == 0.5


@pytest.mark.parametrize("command", ["update", "watch", "accept", "version"])
def test_each_command_says_what_it_does_and_what_its_exit_status_means(repository: Repository, command: str) -> None:
    assert command in repository.output("-m", "codegen", "--help")
    assert "Exit status: 0 if" in repository.output("-m", "codegen", command, "--help")
    assert repository.run("-m", "codegen", command, "--nonsense").returncode == 2


def test_a_source_that_cannot_be_read_is_named(repository: Repository) -> None:
    result = repository.update("no-such-file.yaml")

    assert result.returncode == 2
    assert "no-such-file.yaml: cannot be read" in result.stderr
