"""The command, as a process of its own: what it prints, and the status that it exits with."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
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
    assert len(result.stdout.splitlines()) < 24  # the prompt takes the last line of a screen


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


@contextmanager
def served_sandbox(folder: Path, *options: str) -> Iterator["tuple[subprocess.Popen[str], list[str]]"]:
    """Run ``osvi sandbox``; give the process, and the lines that it prints before the first request."""
    command = [sys.executable, "-m", "osvi", "sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "curl" not in lines[-1]:
            lines.append(process.stdout.readline())
        try:
            yield process, lines
        finally:
            process.kill()


def settings(lines: list[str]) -> dict[str, str]:
    """Return what a shell knows after it evaluated the lines."""
    script = "".join(lines) + "env"
    shell = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True, env={"PATH": os.defpath})
    return dict(line.split("=", 1) for line in shell.stdout.splitlines() if line.startswith("OSVI_"))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_is_served_for_other_programs(tmp_path: Path, end: signal.Signals) -> None:
    with served_sandbox(tmp_path) as (process, lines):
        given = settings(lines)
        assert set(given) == {"OSVI_BASE_URL", "OSVI_API_TOKEN"}
        with osvi.Client(given["OSVI_API_TOKEN"], base_url=given["OSVI_BASE_URL"]) as client:
            assert list(client.list_active_sessions(CUSTOMER)) == [AGENT]
        process.send_signal(end)
        assert process.wait(timeout=30) == 0


def test_the_sandbox_logs_requests_without_what_is_private_in_them(tmp_path: Path) -> None:
    with served_sandbox(tmp_path) as (process, lines):
        given = settings(lines)
        for token in (given["OSVI_API_TOKEN"], "wrong-token-0000"):
            headers = {"API-Token": token}
            httpx.get(f"{given['OSVI_BASE_URL']}/v1/chat/session/active", params={"customer_id": "+1"}, headers=headers)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert err.splitlines() == [
        "Each request follows, without its query and token. Ctrl-C ends the sandbox.",
        "GET /v1/chat/session/active 200",
        "GET /v1/chat/session/active 401",
    ]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_curl_line_of_the_sandbox_works(tmp_path: Path) -> None:
    with served_sandbox(tmp_path) as (_, lines):
        command = lines[-1].removeprefix("# ")
        assert "customer_id=%2B" in command
        answer = subprocess.run(["sh", "-c", command], check=True, capture_output=True, env={"PATH": os.defpath})

    assert list(json.loads(answer.stdout)["data"]) == [AGENT]


def test_a_sandbox_on_every_address_prints_what_a_client_here_and_elsewhere_needs(run: Run, tmp_path: Path) -> None:
    with served_sandbox(tmp_path, "--host", "0.0.0.0") as (_, lines):  # noqa: S104 - that is what is tested
        given = settings(lines)
        assert given["OSVI_BASE_URL"].startswith("http://127.0.0.1:")
        assert given["OSVI_ALLOW_HTTP"] == "1"
        assert f"# elsewhere, put the name of this machine ({socket.gethostname()}) in place of 127.0.0.1\n" in lines
        assert run("doctor", **given).returncode == 0


@pytest.mark.parametrize("command", [["active", "+1"], ["active", "--from", "customers.txt"], ["doctor"]])
def test_plain_http_to_another_machine_needs_an_option_or_a_variable(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "customers.txt").write_text("+1\n")
    sandbox = Sandbox()
    # The sandbox is the proxy, so that any name of another machine leads to it.
    with sandbox.serve() as proxy:
        there = {"OSVI_BASE_URL": "http://box:8080", "OSVI_API_TOKEN": sandbox.token, "HTTP_PROXY": proxy}
        for variable in ({}, {"OSVI_ALLOW_HTTP": "0"}, {"OSVI_ALLOW_HTTP": ""}):
            refused = run(*command, **there, **variable)
            assert refused.returncode == 2
            assert only_line(refused).endswith("; --allow-http or OSVI_ALLOW_HTTP=1 permits it")
        assert sandbox.requests == []
        run(*command, "--allow-http", **there)
        run(*command, **there, OSVI_ALLOW_HTTP="1")

    assert [request.authenticated for request in sandbox.requests] == [True, True]


def test_the_library_does_not_read_the_variable_that_permits_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSVI_ALLOW_HTTP", "1")
    with pytest.raises(osvi.ConfigurationError, match="allow_http=True permits it"):
        osvi.Client(TOKEN, base_url="http://box:8080")


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


WHOLE = "The whole body should be a JSON object, but is"


class TestDoctor:
    def test_all_is_well_with_the_sandbox(self, run: Run) -> None:
        result = run("doctor", "--customer-id", CUSTOMER, "--sandbox")

        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.splitlines() == [
            "The sandbox in memory answers.",
            "It accepts the token.",
            f"The answer (1 session) agrees with openapi.yaml (sha256 {osvi.SPEC_SHA256[:12]}).",
        ]

    def test_it_asks_once(self, run: Run) -> None:
        with Sandbox().serve() as url, serving(raw_json({"success": True, "data": {}})) as server:
            right = run("doctor", OSVI_BASE_URL=f"{server.url}/prefix", OSVI_API_TOKEN=TOKEN)
            assert len(server.requests) == 1
            wrong = run("doctor", OSVI_BASE_URL=url, OSVI_API_TOKEN="wrong-token-0000")

        assert right.returncode == 0
        assert right.stdout.startswith(f"The API at {server.url}/prefix answers.\nIt accepts the token.\n")
        assert wrong.returncode == 3
        assert wrong.stdout.splitlines() == [f"The API at {url} answers.", "It does not accept the token."]
        assert "answered 401" in wrong.stderr

    def test_nobody_answers(self, run: Run) -> None:
        with serving(b"") as server:
            url = server.url
        result = run("doctor", OSVI_BASE_URL=url, OSVI_API_TOKEN=TOKEN)

        assert (result.returncode, result.stdout) == (3, f"The API at {url} does not answer.\n")
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
        assert result.stdout.splitlines()[2:] == [
            f"The answer differs from openapi.yaml (sha256 {osvi.SPEC_SHA256[:12]}).",
            "/data/agent_v/id should be a string, but is a number.",
            "/data/agent_w/metadata/context/0 should be a string, but is a number.",
            "/data/agent_w/metadata/context/2 should be a string, but is an object.",
            "/data/agent_y should be a session record, but is null.",
            "/data/agent_z/created_at should be a date-time, but is a string.",
            "/data/agent_x/mode is a value that the spec does not list.",
            f"/data/agent_x/{UNKNOWN} is a field that the spec does not know.",
        ]

    def test_drift_alone_is_told_too(self, run: Run) -> None:
        with serving(raw_json({"success": True, "data": {"agent_x": BARE | {UNKNOWN: 1, "id": "x"}}})) as server:
            result = run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

        assert result.returncode == 4
        assert result.stdout.splitlines()[3:] == [f"/data/agent_x/{UNKNOWN} is a field that the spec does not know."]

    @pytest.mark.parametrize(
        ("body", "token", "difference"),
        [
            (
                b"<html>",
                "Whether",
                "The whole body should be a JSON object, but is an HTML page; is the base URL right?",
            ),
            (b"what?", "Whether", "The whole body should be a JSON object, but is text that is not JSON."),
            (b'{"success": 1}', "It accepts", "/success should be a boolean, but is a number."),
            (b"{}", "It accepts", "/data should be a map of agent UUID to session, but is missing."),
        ],
    )
    def test_an_answer_of_another_kind_is_told(self, run: Run, body: bytes, token: str, difference: str) -> None:
        with serving(raw(body)) as server:
            result = run("doctor", OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

        assert (result.returncode, result.stderr) == (4, "")
        lines = result.stdout.splitlines()
        assert lines[1].startswith(token)
        assert lines[3:] == [difference]

    def test_it_names_the_proxy_without_its_password(self, run: Run) -> None:
        with Sandbox().serve() as url:
            proxy = url.replace("//", "//user:secret@")
            there = {"OSVI_BASE_URL": "http://box:8080", "OSVI_API_TOKEN": TOKEN, "OSVI_ALLOW_HTTP": "1"}
            result = run("doctor", **there, HTTP_PROXY=proxy)

        assert result.stdout.startswith(
            f"The API at http://box:8080, asked through the proxy {url} of HTTP_PROXY, answers."
        )
        assert "secret" not in result.stdout + result.stderr


def test_an_html_page_is_not_to_be_reported(run: Run) -> None:
    with serving(raw(b"<html>")) as server:
        result = run("active", CUSTOMER, OSVI_BASE_URL=server.url, OSVI_API_TOKEN=TOKEN)

    assert result.returncode == 4
    assert "an HTML page; is the base URL right?" in only_line(result)
    assert "Update osvi" not in result.stderr
