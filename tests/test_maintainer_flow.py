"""What a maintainer is told from one update to the next: pages known by their addresses, promises on disk."""

import json
from pathlib import Path
from typing import Any

import pytest
from repository import Released, Repository

from codegen.document.reading import Node, load

ADDRESS = "https://docs.example/session.md"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def spec(repository: Repository) -> Node:
    return load(repository.openapi)


def lookup(document: Node) -> Any:
    return document["paths"]["/v1/chat/session/active"]["get"]


def test_a_saved_page_stands_for_the_page_whose_operations_it_has(repository: Repository) -> None:
    (repository.root / "codegen" / "pages.yaml").write_text(f"[{ADDRESS}]\n", encoding="utf-8")
    document = spec(repository)
    lookup(document)["description"] = "Another."
    result = repository.update(repository.page(json.dumps(document)))

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Pages:\n  {ADDRESS}: changed\n")
    assert not (repository.root / "codegen" / "pages").exists()


def test_a_saved_page_of_other_operations_is_added_beside_those_that_stay(repository: Repository) -> None:
    (repository.root / "codegen" / "pages.yaml").write_text(f"[{ADDRESS}]\n", encoding="utf-8")
    document = spec(repository)
    document["paths"] = {"/v1/notes": {"get": {"responses": {"204": {"description": "None."}}}}}
    result = repository.update(repository.page(json.dumps(document)))

    assert (result.returncode, result.stderr) == (0, "")
    assert f"Pages:\n  page.md: new, beside {ADDRESS}\n" in result.stdout
    assert "Not watched, since codegen/pages.yaml lacks:\n  page.md\n" in result.stdout
    kept = (repository.root / "codegen" / "pages" / "addresses.yaml").read_text(encoding="utf-8")
    assert str(repository.root.parent) not in kept


def test_a_watched_page_that_loses_its_operation_is_a_break_after_a_saved_one(tmp_path: Path) -> None:
    repository = Released(tmp_path / "repository")
    document = json.loads(json.dumps(spec(repository)).replace("/v1/chat/session/active", "/v2/chat/session/active"))
    moved = json.dumps(document).encode()
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(moved), moved)
    result = repository.watch(answer)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "`osvi.operations.get_v1_chat_session_active` is gone" in result.stdout


def test_a_class_that_is_new_is_named_with_the_line_that_gives_it_another_name(repository: Repository) -> None:
    page = repository.page_with({"session.x_new": {"type": "string", "enum": ["a"]}})
    report = repository.update(page).stdout
    line = "ChatV1SessionXNew: {class_name: ChatV1SessionXNew, module_name: chat_v1_session_x_new}"
    title = "New classes; a line in class_overrides of codegen/config.yaml gives another name:"
    assert f"{title}\n  {line}\n" in report

    config = repository.root / "codegen" / "config.yaml"
    other = line.replace("name: ChatV1SessionXNew", "name: SessionXNew").replace(
        "name: chat_v1_session", "name: session"
    )
    text = config.read_text(encoding="utf-8").replace("class_overrides:\n", f"class_overrides:\n  {other}\n")
    config.write_text(text, encoding="utf-8")
    renamed = repository.update(page).stdout
    assert "`ChatSession.x_new` is `SessionXNew` now, and was `ChatV1SessionXNew`" in renamed
    assert title not in renamed
    assert repository.run("-m", "codegen", "accept").returncode == 0
    assert "What breaks:\n  nothing" in repository.update(page).stdout


def test_while_something_breaks_nothing_is_promised_and_a_second_run_says_the_same(repository: Repository) -> None:
    page = repository.page_with({"session.x_new": {"type": "string"}, "scheme": {"name": "X-API-Token"}})
    before = repository.surface.read_bytes()
    first, second = repository.update(page), repository.update(page)

    assert first.returncode == second.returncode == 1
    assert first.stdout.partition("What users gain")[2] == second.stdout.partition("What users gain")[2]
    assert "`ChatSession.x_new`: `str`." in second.stdout
    assert repository.surface.read_bytes() == before


def test_a_property_of_another_type_has_places_too(repository: Repository) -> None:
    document = spec(repository)
    document["components"]["schemas"]["ChatV1Session"]["properties"]["updated_at"] = {"type": "integer"}
    assert repository.update(repository.page(json.dumps(document))).returncode == 1
    accepted = repository.run("-m", "codegen", "accept")

    assert "`ChatSession.updated_at` is `int` now" in accepted.stdout
    assert "\n  wrapper/osvi/_cli/_active.py:" in accepted.stdout.partition("What uses what is gone")[2]


@pytest.mark.parametrize(("name", "breaks"), [("x_limit", False), ("agent_uuid", True)])
def test_a_default_matters_where_the_wrapper_relies_on_none(repository: Repository, name: str, *, breaks: bool) -> None:
    document = spec(repository)
    parameters = [one for one in lookup(document)["parameters"] if one.get("name") != name]
    parameters.append({"name": name, "in": "query", "schema": {"type": "string", "default": "1"}})
    lookup(document)["parameters"] = parameters
    page = repository.page(json.dumps(document))
    result = repository.update(page)

    assert ("a default, which the API uses without the argument" in result.stdout) is breaks
    assert result.returncode == int(breaks), result.stdout
    assert repository.run("-m", "codegen", "accept").returncode == 0
    assert repository.update(page).returncode == 0  # what is accepted is silent


def test_a_write_that_fails_is_status_2_and_the_same_command_mends_it(repository: Repository) -> None:
    page = repository.page_with({"session.x_new": {"type": "string"}})
    obstacle = repository.root / "codegen" / ".surface.yaml.new"
    obstacle.mkdir()
    for result in (repository.update(page), repository.generate()):
        assert result.returncode == 2
        assert "surface.yaml: cannot be written: Is a directory\nNot all is written." in result.stderr

    obstacle.rmdir()
    assert repository.update(page).returncode == 0
    assert "x_new" in repository.surface.read_text(encoding="utf-8")
    assert repository.text("CHANGELOG.md").count("x_new") == 1
    assert repository.generate("--check").returncode == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a text", "not a list of texts"), ("7", "not a list of texts"), ("- a\n- [\n", "line 3")],
)
def test_a_file_of_pages_that_cannot_be_read_is_named(repository: Repository, text: str, problem: str) -> None:
    (repository.root / "codegen" / "pages.yaml").write_text(text, encoding="utf-8")
    result = repository.run("-m", "codegen", "watch")

    assert result.returncode == 2
    assert result.stderr.startswith("codegen/pages.yaml: ")
    assert problem in result.stderr


def test_a_method_of_openapi_3_2_is_named_as_not_served(repository: Repository) -> None:
    document = spec(repository)
    answers = {"responses": {"204": {"description": "None."}}}
    document["paths"]["/v1/notes"] = {"query": answers, "additionalOperations": {"COPY": answers}}
    result = repository.update(repository.page(json.dumps(document)))

    assert result.returncode == 0, result.stdout + result.stderr
    assert '"QUERY /v1/notes": "the method QUERY, which is new in OpenAPI 3.2"' in result.stdout
    assert "additionalOperations" in result.stdout


def test_a_status_that_is_gone_is_not_searched_for_as_a_text(repository: Repository) -> None:
    document = spec(repository)
    responses = lookup(document)["responses"]
    status = next(name for name in responses if name.startswith("4"))
    del responses[status]
    result = repository.update(repository.page(json.dumps(document)))
    used = result.stdout.partition("Where it is used:\n")[2].partition("\nWhat ")[0]

    assert f"no longer answers {status}" in result.stdout
    lines = [line for line in used.splitlines() if line.startswith("  ")]
    assert lines
    assert [line for line in lines if "get_v1_chat_session_active" not in line] == []


def test_an_exception_that_is_not_expected_is_not_the_status_of_a_break(repository: Repository) -> None:
    module = repository.root / "codegen" / "document" / "kept.py"
    module.write_text(f"{module.read_text(encoding='utf-8')}\n\ndel openapi\n", encoding="utf-8")
    for result in (repository.run("-m", "codegen", "accept"), repository.generate()):
        assert result.returncode == 3
        assert "AttributeError" in result.stderr
        assert "This is a fault of codegen/: mend it, and run the same command again." in result.stderr


def test_a_scheme_that_no_operation_uses_and_a_variable_with_a_default_break_nothing(repository: Repository) -> None:
    document = spec(repository)
    document["components"]["securitySchemes"]["x_other"] = {"type": "apiKey", "in": "header", "name": "X-Other"}
    url = document["servers"][0]["url"]
    scheme, _, host = url.partition("://")
    document["servers"][0] = {"url": f"{scheme}://{{host}}", "variables": {"host": {"default": host}}}
    result = repository.update(repository.page(json.dumps(document)))

    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert "What breaks:\n  nothing\n" in result.stdout

    del document["servers"][0]["variables"]["host"]["default"]
    result = repository.update(repository.page(json.dumps(document)))
    assert result.returncode == 2
    assert "and a default for each variable, not 'https://{host}'" in result.stderr
