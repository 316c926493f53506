"""``python -m codegen update``, on a copy of the repository."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from edits import with_edits
from repository import FIRST, Released, Repository, facts

from codegen.document.reading import load

PAGE = "# Get session\n\nText.\n\n## OpenAPI\n\n````yaml GET /v1/chat/session/active\n{}````\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_the_same_spec_changes_nothing(repository: Repository) -> None:
    before = repository.contents()
    result = repository.update(repository.page(PAGE.format(repository.spec)))

    assert result.returncode == 0, result.stderr
    assert "What users gain, in CHANGELOG.md:\n  nothing\nWhat breaks:\n  nothing\n" in result.stdout
    addresses = "codegen/pages/addresses.yaml"
    assert {name: content for name, content in repository.contents().items() if name != addresses} == before


def test_growth_is_reported_for_the_changelog_and_nothing_is_left_to_do(repository: Repository) -> None:
    body = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "to": {}}}
    request = {"required": True, "content": {"application/json": {"schema": body}}}
    growth = {
        "session.status.enum.+": "x_paused",
        "session.x_score": {"type": "number"},
        "paths./x-notes": {"post": {"requestBody": request, "responses": {"204": {"description": "Made."}}}},
    }
    result = repository.update(repository.page_with(growth))

    assert result.returncode == 0, result.stdout + result.stderr
    assert "  - `ChatSession.x_score`: `float`.\n" in result.stdout
    assert '  - `SessionStatus.X_PAUSED`: `"x_paused"`.\n' in result.stdout
    assert "  - `osvi.operations.post_x_notes`, `POST /x-notes`: needs text, returns `None`.\n" in result.stdout
    assert facts(repository)["operations"]["post_x_notes"]["arguments"] == {"text": ["str"], "to": ["Any"]}
    assert repository.generate("--check").returncode == 0


def test_what_is_odd_in_the_document_is_named_and_keeps_nothing_out(repository: Repository) -> None:
    content = {"application/json": {"schema": {"type": "string"}}, "text/csv": {}}
    odd = {
        "parameters": [{"name": "q", "in": "query", "schema": {}, "odd": 1}],
        "responses": {"200": {"content": content}},
    }
    page = repository.page_with({"paths./x-odd": {"get": odd}})
    result = repository.update(page)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "`osvi.operations.get_x_odd`" in result.stdout
    for place in ("parameters/0", "responses/200"):
        assert f"\n  #/paths/~1x-odd/get/{place}: " in result.stdout
    assert "#/paths/~1x-odd/get/responses/200: only as JSON, not as text/csv\n" in result.stdout


SESSION = "#/components/schemas/ChatV1Session"


def test_a_break_is_reported_and_the_promise_stays(repository: Repository) -> None:
    session = facts(repository)["classes"]["ChatV1Session"]["fields"]
    changed = repository.spec.replace("name: API-Token", "name: X-API-Token").replace("help_requested", "needs_human")
    result = repository.update(repository.page(changed))

    assert result.returncode == 1, result.stdout + result.stderr
    assert (
        f"  openapi.yaml {SESSION}/properties/help_requested: `ChatSession.help_requested` is gone\n" in result.stdout
    )
    assert "the token header is `x-api-token` now, and was `api-token`\n" in result.stdout
    assert facts(repository)["classes"]["ChatV1Session"]["fields"] == session
    assert facts(repository)["token header"] == "api-token"
    assert repository.openapi.read_text(encoding="utf-8") == changed


def test_the_places_that_use_what_is_gone_are_named_those_of_the_wrapper_first(repository: Repository) -> None:
    prose = "Where help_requested is a word, as at https://osvi.support"
    (repository.root / "README.md").write_text("\n".join([prose, *["`help_requested`"] * 25]))
    changed = {"session.help_requested": None, "session.mode": {"enum": ["ai"]}}
    page = repository.page_with(changed)
    result = repository.update(page)
    lines = [line.strip() for line in result.stdout.partition("Where it is used:\n")[2].splitlines()]
    code = (repository.root / "wrapper/osvi/_cli/_active.py").read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(code, 1) if "session.help_requested" in line)

    assert lines[0].startswith(f"wrapper/osvi/_cli/_active.py:{number}:")
    assert any(line.startswith("tests/") and '"support"' in line for line in lines)
    assert "README.md:1:" not in result.stdout
    more = next(int(line.split()[1]) for line in lines if line.startswith("help_requested: "))
    shown = sum("help_requested" in line for line in lines) - 1
    everything = repository.update("--all", page).stdout
    assert everything.count("help_requested") > shown + more - 1
    assert "more places" not in everything


def test_what_is_gained_is_in_the_changelog_once_after_a_second_run(repository: Repository) -> None:
    page = repository.page_with({"session.x_new": {"type": "string"}})
    first, second = repository.update(page), repository.update(page)

    assert "`ChatSession.x_new`: `str`." in first.stdout
    assert "What users gain, in CHANGELOG.md:\n  nothing\n" in second.stdout
    assert repository.text("CHANGELOG.md").count("x_new") == 1


def test_a_second_run_says_again_what_breaks_and_what_is_gained(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    upload = {"requestBody": {"content": {"multipart/form-data": {}}}, "responses": {"204": {"description": "x"}}}
    changed = {"session.help_requested": None, "session.x_new": {"type": "string"}, "paths./x": {"post": upload}}
    page = repository.page_with(changed)
    first, second = repository.update(page), repository.update(page)

    assert first.returncode == 1, first.stderr
    assert "`ChatSession.x_new`: `str`." in first.stdout
    line = '  "POST /x": "a body of multipart/form-data"\n'
    assert line in first.stdout
    gained = "What users gain"
    again = first.stdout.replace(f"What users do not get, in codegen/not_served.yaml from now on:\n{line}", "")
    assert (second.returncode, second.stdout) == (1, again[again.index(gained) :])
    assert "x_new" not in repository.text("CHANGELOG.md")
    assert repository.text("codegen/not_served.yaml").count("POST /x") == 1


def test_growth_that_is_taken_back_is_a_break_until_a_person_undoes_the_promise(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    repository.update(repository.page_with({"session.x_new": {"type": "string"}}))
    page = repository.page(repository.spec)
    assert "`ChatSession.x_new` is gone" in repository.update(page).stdout
    repository.git("checkout", "codegen/surface.yaml", "CHANGELOG.md")

    assert repository.update(page).returncode == 0
    assert repository.changed() == set()


def test_a_promise_that_is_deleted_by_hand_is_replaced_by_what_is_offered(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    repository.update(repository.page_with({"session.help_requested": {"type": "string", "example": None}}))
    repository.surface.write_text(repository.surface.read_text().replace("      help_requested: bool\n", ""))

    assert repository.generate("--check").returncode == 1
    assert repository.generate().returncode == 0
    assert facts(repository)["classes"]["ChatV1Session"]["fields"]["help_requested"] == "str"
    assert repository.update(os.fspath(repository.openapi)).returncode == 0


def test_a_class_with_another_name_keeps_the_old_one_by_the_line_that_the_report_has(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    page = repository.page(repository.spec.replace("ChatV1Session", "Session2"))
    line = "Session2: {class_name: ChatV1Session, module_name: chat_v1_session}"
    keeps = "if it has another name now, class_overrides in codegen/config.yaml keeps this"
    report = repository.update(page).stdout
    assert f"`osvi.models.ChatV1Session` is gone; {keeps}: `{line}`\n" in report

    config = repository.root / "codegen" / "config.yaml"
    lines, title = re.findall(rf"{keeps}: `(.*)`", report), "class_overrides:\n"
    assert len(lines) == 4
    config.write_text(config.read_text().replace(title, title + "".join(f"  {line}\n" for line in lines)))
    result = repository.update(page)
    assert result.returncode == 0, result.stdout + result.stderr


def test_another_page_is_added_and_another_path_on_the_same_page_is_a_break(repository: Repository) -> None:
    other = repository.spec.replace("/v1/chat/session/active:", "/v2/session:")
    page = repository.page(repository.spec)
    (repository.root / "codegen" / "pages.yaml").write_text(json.dumps([page]), encoding="utf-8")
    assert repository.update(page).returncode == 0
    assert "Pages:" not in repository.update(page).stdout
    repository.page(other)
    result = repository.update(page)

    assert result.returncode == 1, result.stderr
    assert "GET /v1/chat/session/active: `osvi.operations.get_v1_chat_session_active` is gone\n" in result.stdout
    assert re.search(r"\n  wrapper/osvi/_sandbox/active_sessions.py:\d+:.*/v1/chat/session/active", result.stdout)


XML = {"content": {"application/xml": {"schema": {"type": "object"}}}}
# The edits of a page, and of another one, with what is said.
REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no operation that can be served": ([{"lookup": {"requestBody": XML}}], "a body of application/xml"),
    "pages that contradict each other": (
        [{"document.servers.0": {"url": "https://x"}}, {"item -> paths./x": None}],
        "the pages contradict each other",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_spec_that_is_refused_changes_nothing(repository: Repository, tmp_path: Path, name: str) -> None:
    edits, why = REFUSED[name]
    paths = [tmp_path / f"page-{number}.json" for number, _ in enumerate(edits)]
    for path, edit in zip(paths, edits, strict=True):
        path.write_text(json.dumps(with_edits(load(FIRST), edit)), encoding="utf-8")
    before = repository.contents()
    result = repository.update(*map(os.fspath, paths))

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


def test_a_break_is_accepted_by_one_command_which_says_what_still_fails(repository: Repository) -> None:
    repository.replace("help_requested", "needs_human")
    repository.replace("16-character", "32-character")
    assert repository.generate().returncode == 1
    assert repository.generate("--check").returncode == 0
    result = repository.run("-m", "codegen", "accept")

    assert result.returncode == 0, result.stderr
    gone, _, used = result.stdout.partition("What uses what is gone, or another now:\n")
    assert gone.startswith(f"No longer promised:\n  openapi.yaml {SESSION}/properties/help_requested: `ChatS")
    assert "a token of 32 characters, not 16; see wrapper/osvi/_core/token.py\n" in gone
    assert used.startswith("  wrapper/osvi/_cli/_active.py:")
    assert facts(repository)["classes"]["ChatV1Session"]["fields"]["needs_human"] == "bool"
    assert "help_requested" not in repository.surface.read_text()
    assert repository.generate().returncode == 0


def test_the_report_names_the_version_that_it_takes_after_a_release(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    gained = repository.page_with({"session.x_new": {"type": "string"}})

    assert "After v0.1.0, the version has to be 0.2.0 or more." in repository.update(gained).stdout
    (repository.root / "codegen" / "released.yaml").unlink()
    assert "There is no release yet: any version." in repository.update(gained).stdout


def test_a_new_property_is_seen_everywhere_at_once(repository: Repository) -> None:
    score = {"session.x_score": {"type": "number", "example": 0.5}}
    result = repository.update(repository.page_with(score))
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


def test_each_command_says_what_it_does_and_what_its_exit_status_means(repository: Repository) -> None:
    commands = repository.output("-m", "codegen", "--help")
    for command in ("update", "watch", "accept", "version"):
        assert command in commands
        assert "Exit status: 0 if" in repository.output("-m", "codegen", command, "--help")
    assert repository.run("-m", "codegen", "update", "--nonsense").returncode == 2


def test_a_page_is_taken_in_where_openapi_yaml_is_gone(repository: Repository) -> None:
    page = repository.page(repository.spec)
    repository.openapi.unlink()
    without = repository.update()

    assert (without.returncode, without.stderr.splitlines()[0]) == (
        2,
        "no document is left: openapi.yaml is gone, and no page is given",
    )
    assert "openapi.yaml: cannot be read" in repository.generate().stderr
    assert repository.update(page).returncode == 0
    assert repository.openapi.read_text(encoding="utf-8") == repository.spec
