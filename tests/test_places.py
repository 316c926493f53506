"""What breaks names each place of the wrapper, the tests and the docs that uses what is gone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from edits import with_edits
from repository import FIRST, Repository

from codegen.document.reading import load

README = """# osvi

The `mode` of a session, whether `help_requested` is set, its `status`, and an open("file", mode="w").

```python
import osvi

with osvi.Client("0123456789abcdef") as client:
    session = client.get_active_session("+1", agent_uuid="agent_x")
    response = object()
    print(session.help_requested, session.mode == osvi.SessionMode.SUPPORT, response.mode)
```
"""
TABLE = """A table has the columns "help_requested" and "mode".

```python
import osvi

sandbox = osvi.testing.Sandbox()
sandbox.open_session("+1", agent_uuid="agent_x", mode="support")
```
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with few tests and pages."""
    repository = Repository(tmp_path / "repository")
    for path in (repository.root / "tests").glob("test_*.py"):
        if path.name not in {"test_sessions.py", "test_version.py"}:
            path.unlink()
    (repository.root / "README.md").write_text(README, encoding="utf-8")
    (repository.root / "docs").mkdir()
    (repository.root / "docs" / "table.md").write_text(TABLE, encoding="utf-8")
    return repository


def places(report: str) -> list[tuple[str, int, str]]:
    """Return the places in a report, each with the file, the line and the expression."""
    found = re.findall(r"^  ([\w./]+):(\d+): (.*?)(?:: [A-Z\"].*)?$", report, re.MULTILINE)
    return [(file, int(line), expression) for file, line, expression in found]


def updated(repository: Repository, edit: dict[str, Any]) -> list[tuple[str, int, str]]:
    result = repository.update(repository.page(json.dumps(with_edits(load(FIRST), edit))))
    assert result.returncode == 1, result.stdout + result.stderr
    return places(result.stdout)


def line_of(path: Path, text: str) -> int:
    return path.read_text(encoding="utf-8").partition(text)[0].count("\n") + 1


def test_a_renamed_property_is_named_until_no_place_uses_it(repository: Repository) -> None:
    found = updated(repository, {"session.help_requested -> session.needs_human": None})
    table = repository.root / "wrapper/osvi/_cli/_active.py"
    in_wrapper = ("wrapper/osvi/_cli/_active.py", line_of(table, "session.help_requested"), "session.help_requested")

    assert [place for place in found if not place[0].startswith("tests/")] == [
        ("README.md", 3, "help_requested"),
        ("README.md", 11, "session.help_requested"),
        ("docs/table.md", 1, "help_requested"),
        in_wrapper,
    ]
    # test_version.py has a document of its own, in which the name is right.
    assert {file for file, *_ in found if file.startswith("tests/")} == {"tests/support.py", "tests/test_sessions.py"}

    accepted = repository.run("-m", "codegen", "accept")
    assert accepted.returncode == 0, accepted.stderr
    assert places(accepted.stdout) == found
    left = repository.run("-m", "codegen.promises.places")
    assert left.returncode == 1
    assert places(left.stderr) == found

    for file in {file for file, *_ in found}:
        path = repository.root / file
        path.write_text(path.read_text(encoding="utf-8").replace("help_requested", "needs_human"), encoding="utf-8")
    assert repository.output("-m", "codegen.promises.places") == ""


def test_a_name_that_is_a_plain_word_is_found_where_nothing_else_can_be_meant(repository: Repository) -> None:
    found = updated(repository, {"session.mode -> session.x_mode": None})

    assert ("README.md", 3, "`mode`") in found
    assert ("README.md", 11, "session.mode") in found
    assert ("docs/table.md", 7, 'open_session("+1", agent_uuid="agent_x", mode=') in found
    assert [line for file, line, _ in found if file == "docs/table.md"] == [7]
    text = repository.root / "wrapper/osvi/_cli/_active.py"
    assert ("wrapper/osvi/_cli/_active.py", line_of(text, 'session.mode == "support"'), "session.mode") in found


def test_a_value_that_is_gone_is_found_beside_its_property(repository: Repository) -> None:
    found = updated(repository, {"session.mode.enum.1": None, "session.mode": {"example": "ai"}})

    assert ("README.md", 11, "osvi.SessionMode.SUPPORT") in found
    assert ("docs/table.md", 7, 'mode="support"') in found
    assert [file for file, *_ in found if file.startswith("wrapper/")] == [
        "wrapper/osvi/_cli/_active.py",
        "wrapper/osvi/_cli/_active.py",
        "wrapper/osvi/testing.py",
    ]


def test_another_name_for_a_class_leaves_its_values_alone(repository: Repository) -> None:
    config = repository.root / "codegen" / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("SessionMode,", "ChatMode,"), encoding="utf-8")
    result = repository.run("-m", "codegen", "accept")

    assert result.returncode == 0, result.stderr
    assert ("README.md", 11, "osvi.SessionMode") in places(result.stdout)
    assert "docs/table.md" not in result.stdout


def test_an_operation_that_is_gone_is_found_in_a_wrapper_that_cannot_be_imported(repository: Repository) -> None:
    found = updated(repository, {"item -> paths./v2/session": None})

    files = {file for file, *_ in found if file.startswith("wrapper/")}
    assert {"wrapper/osvi/_core/active_sessions.py", "wrapper/osvi/operations.py"} <= files
    assert {re.sub(r"\W.*", "", expression) for file, _, expression in found if file in files} <= {
        "from",
        "get_v1_chat_session_active",
        "operations",
    }


def test_an_argument_that_is_gone_is_found_by_its_type_alone(repository: Repository) -> None:
    (repository.root / "tests" / "test_argument.py").write_text(
        "import osvi\n\nosvi.operations.get_v1_chat_session_active(customer_id='+1', agent_uuid='agent_x')\n"
    )
    found = updated(repository, {"parameters.agent_uuid": None})

    assert ("tests/test_argument.py", 3) in [place[:2] for place in found]
    assert {file for file, *_ in found} == {
        "tests/test_argument.py",
        "tests/typing/consumer.py",
        "wrapper/osvi/_core/active_sessions.py",
    }
