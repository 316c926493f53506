"""The command, as a process of its own: what it prints, and the status that it exits with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osvi
import pytest
from osvi.testing import Sandbox
from support import BARE, RECORD, TOKEN, UNKNOWN, raw, raw_json, serving

Run = Callable[..., subprocess.CompletedProcess[str]]

CUSTOMER = Sandbox().customer_id
AGENT = Sandbox().agent_uuid


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_osvi(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "osvi", *arguments],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={"PATH": os.defpath, "PYTHONUTF8": "1", "NO_COLOR": "1"} | environment,
        )

    return run_osvi


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    (line,) = result.stderr.splitlines()
    assert result.stdout == ""
    return line


def test_the_example_of_the_spec_as_json(run: Run) -> None:
    result = run("active", CUSTOMER, "--sandbox", "--json")

    assert (result.returncode, result.stderr) == (0, "")
    sessions = json.loads(result.stdout)
    assert list(sessions) == [AGENT]
    assert sessions[AGENT]["created_at"].endswith("Z")


def test_json_is_by_agent_also_when_one_was_asked_for(run: Run) -> None:
    result = run("active", CUSTOMER, "--agent-uuid", AGENT, "--sandbox", "--json")

    assert result.returncode == 0
    assert list(json.loads(result.stdout)) == [AGENT]


def test_a_table_for_a_person(run: Run) -> None:
    result = run("active", CUSTOMER, "--sandbox")

    assert result.returncode == 0
    assert "Answered by" in result.stdout
    assert AGENT in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_the_table_cuts_no_id_and_shows_who_holds_a_session(run: Run) -> None:
    sandbox = Sandbox()
    human = "eve.with.a.long.name@example.com"
    agent_uuid = "agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og"
    opened = sandbox.open_session(
        "+1", agent_uuid=agent_uuid, mode="support", active_human=human, updated_at=datetime.now(UTC)
    )
    with sandbox.serve() as url:
        table = run("active", "+1", OSVI_BASE_URL=url, OSVI_API_TOKEN=sandbox.token, COLUMNS="80").stdout

    assert agent_uuid in table
    assert str(opened.id) in table
    assert all(len(line) <= 80 for line in table.splitlines())
    assert "seconds ago" in table
    assert human[:10] in table


@pytest.mark.parametrize(
    ("properties", "who"),
    [
        ({"mode": "ai"}, "the agent"),
        ({"mode": "support"}, "a human"),
        ({"mode": "support", "active_human": "eve@a.example"}, "eve@a.example"),
        ({"mode": "ai", "active_human": "eve@a.example"}, "eve@a.example"),
        ({"mode": "robot"}, "robot"),
        *([] if "mode" in BARE else [({}, "unknown")]),
    ],
)
def test_the_table_says_who_answers(run: Run, properties: dict[str, Any], who: str) -> None:
    record = BARE | {"id": "x"} | properties
    with serving(raw_json({"success": True, "data": {"agent_x": record}})) as server:
        table = run("active", "+1", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN, COLUMNS="120").stdout

    assert who in table.splitlines()[1]


@pytest.mark.parametrize("command", [[], ["active"], ["doctor"], ["sandbox"]])
def test_the_help_has_examples_and_fits(run: Run, command: list[str]) -> None:
    result = run(*command, "--help", COLUMNS="80")

    assert result.returncode == 0
    assert "Examples:\n" in result.stdout
    assert " osvi " + " ".join(command) in result.stdout
    assert "..." not in result.stdout.replace("[ARGS]...", "")
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


@pytest.mark.parametrize("options", [[], ["--agent-uuid", "agent_x"]])
def test_no_session_is_status_1(run: Run, options: list[str]) -> None:
    result = run("active", "+1", "--sandbox", *options)
    assert (result.returncode, only_line(result)) == (1, "No active session.")

    result = run("active", "+1", "--sandbox", "--json", *options)
    assert (result.returncode, result.stdout) == (1, "{}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["active"], "osvi: Missing argument 'CUSTOMER_ID' (or --from FILE); see osvi active --help"),
        (["active", "+1", "--nope"], "osvi: No such option '--nope'; see osvi active --help"),
        (["nope"], "osvi: No such command 'nope'; see osvi --help"),
        (["active", " ", "--sandbox"], "osvi: customer_id is blank"),
        (["active", "+1"], "osvi: no API token: set OSVI_API_TOKEN, or pass one to the client"),
    ],
)
def test_usage_and_configuration_are_status_2(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)

    # click 8.1 writes "option: --nope".
    assert (result.returncode, only_line(result).replace("option: --nope", "option '--nope'")) == (2, said)


def test_a_no_of_the_api_is_status_3(run: Run) -> None:
    with Sandbox().serve() as url:
        result = run("active", CUSTOMER, OSVI_BASE_URL=url, OSVI_API_TOKEN="wrong-token-0000")

    assert result.returncode == 3
    assert only_line(result).startswith("osvi: GET /v1/chat/session/active answered 401: invalid_api_token. Check the")


def test_no_network_is_status_3(run: Run) -> None:
    with serving(b"") as server:
        url = server.url
    result = run("active", CUSTOMER, OSVI_BASE_URL=url, OSVI_API_TOKEN=TOKEN)

    assert result.returncode == 3
    line = only_line(result)
    assert "ConnectError" in line
    assert "(3 attempts)" in line
    assert line.endswith("Check the network, the proxy and OSVI_BASE_URL")


def test_a_broken_answer_is_status_4(run: Run) -> None:
    with serving(raw_json({"success": True, "data": []})) as server:
        result = run("active", CUSTOMER, OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

    assert result.returncode == 4
    assert "breaks the spec at /data: expected a map of agent UUID to session" in only_line(result)


def test_drift_is_told_in_a_line(run: Run) -> None:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", mode="unheard-of")
    with sandbox.serve() as url:
        result = run("active", "+1", "--json", OSVI_BASE_URL=url, OSVI_API_TOKEN=sandbox.token)

    assert result.returncode == 0
    assert json.loads(result.stdout)["agent_x"]["mode"] == "unheard-of"
    assert result.stderr.startswith("osvi: warning: GET /v1/chat/session/active: /data/agent_x/mode is a value")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], [], ["active", "--help"], ["--version"]])
def test_help_and_version_are_printed(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert (result.returncode, result.stderr) == (0, "")
    assert "osvi" in result.stdout


def test_a_name_outside_ascii_is_printed_in_any_locale(run: Run) -> None:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", current_state="Übergabe 👋")
    with sandbox.serve() as url:
        environment = {"OSVI_BASE_URL": url, "OSVI_API_TOKEN": sandbox.token}
        plain = run("active", "+1", "--json", **environment, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
        utf8 = run("active", "+1", "--json", **environment)

    assert "Übergabe 👋" in utf8.stdout
    assert json.loads(plain.stdout) == json.loads(utf8.stdout)


def test_the_version_says_what_a_report_needs(run: Run) -> None:
    lines = run("--version").stdout.splitlines()

    assert lines[0] == f"osvi {osvi.__version__}"
    assert lines[1] == f"openapi.yaml sha256 {osvi.SPEC_SHA256}"
    assert lines[2].startswith("Python 3.")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_is_served_for_other_programs(tmp_path: Path, end: signal.Signals) -> None:
    command = [sys.executable, "-m", "osvi", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline().removeprefix("export ").strip() for _ in range(3)]
        settings = dict(line.split("=", 1) for line in lines[:2])
        with osvi.Client(settings["OSVI_API_TOKEN"], base_url=settings["OSVI_BASE_URL"]) as client:
            assert list(client.list_active_sessions(CUSTOMER)) == [AGENT]
        process.send_signal(end)
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
        assert process.stderr.read() == ""


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with Sandbox().serve() as url:
        result = run("sandbox", "--port", url.rpartition(":")[2])

    assert result.returncode == 2
    assert "cannot listen on 127.0.0.1:" in only_line(result)


def test_without_its_libraries_the_command_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['click'] = None\n")
    result = subprocess.run(
        [sys.executable, "-m", "osvi", "--help"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": os.fspath(tmp_path)},
    )

    assert (result.returncode, only_line(result)) == (
        2,
        "osvi: the command line needs click: pip install 'osvi[cli]'",
    )


class TestDoctor:
    def test_all_is_well_with_the_sandbox(self, run: Run) -> None:
        result = run("doctor", "--customer-id", CUSTOMER, "--sandbox")

        assert (result.returncode, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[:2] == ["ok   the API answers", "ok   the token is accepted"]
        assert lines[2].startswith("ok   1 session as openapi.yaml has it")

    def test_it_asks_once(self, run: Run) -> None:
        with Sandbox().serve() as url, serving(raw_json({"success": True, "data": {}})) as server:
            assert run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN).returncode == 0
            assert len(server.requests) == 1
            wrong = run("doctor", OSVI_BASE_URL=url, OSVI_API_TOKEN="wrong-token-0000")

        assert wrong.returncode == 3
        assert wrong.stdout.splitlines() == ["ok   the API answers", "no   the token is accepted"]
        assert "answered 401" in wrong.stderr

    def test_nobody_answers(self, run: Run) -> None:
        with serving(b"") as server:
            url = server.url
        result = run("doctor", OSVI_BASE_URL=url, OSVI_API_TOKEN=TOKEN)

        assert (result.returncode, result.stdout) == (3, "no   the API answers\n")
        assert len(result.stderr.splitlines()) == 1

    def test_every_difference_is_told_by_place_and_type_without_a_value(self, run: Run) -> None:
        secret = "do-not-tell"
        data = {
            "agent_v": RECORD | {"id": 7},
            "agent_w": RECORD | {"metadata": RECORD["metadata"] | {"context": [1, secret, {}]}},
            "agent_x": RECORD | {"mode": secret, UNKNOWN: secret},
            "agent_y": None,
            "agent_z": BARE | {"created_at": secret},
        }
        with serving(raw_json({"success": True, "data": data})) as server:
            result = run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

        assert (result.returncode, result.stderr) == (4, "")
        assert secret not in result.stdout
        assert [line.strip() for line in result.stdout.splitlines()[3:]] == [
            "/data/agent_v/id: expected a string, found number",
            "/data/agent_w/metadata/context/0: expected a string, found number",
            "/data/agent_w/metadata/context/2: expected a string, found object",
            "/data/agent_y: expected a session record, found null",
            "/data/agent_z/created_at: expected a date-time, found string",
            "/data/agent_x/mode is a value that the spec does not list",
            f"/data/agent_x/{UNKNOWN} is a field that the spec does not know",
        ]

    def test_drift_alone_is_told_too(self, run: Run) -> None:
        with serving(raw_json({"success": True, "data": {"agent_x": BARE | {UNKNOWN: 1, "id": "x"}}})) as server:
            result = run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

        assert result.returncode == 4
        assert result.stdout.splitlines()[3:] == [
            f"     /data/agent_x/{UNKNOWN} is a field that the spec does not know"
        ]

    @pytest.mark.parametrize("body", [b"<html>", b'{"success": 1}', b'{"success": true, "data": []}'])
    def test_an_answer_of_another_kind_is_told(self, run: Run, body: bytes) -> None:
        with serving(raw(body)) as server:
            result = run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

        assert result.returncode == 4
        assert len(result.stdout.splitlines()) == 4
