"""The command, run as a process: its output and its exit status."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import osvi
import pytest
from osvi._cli import main
from osvi.testing import Sandbox
from support import BARE, EMPTY, ENVIRONMENT, HEADER, RECORD, TOKEN, UNKNOWN, raw, raw_json, serving

Run = Callable[..., subprocess.CompletedProcess[str]]

CUSTOMER = Sandbox().customer_id
AGENT = Sandbox().agent_uuid

NEEDS_DEV_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs the shell and the signals of POSIX")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_osvi(*arguments: str, url: str = "", token: str = TOKEN, **environment: str) -> Any:
        """Run the command in an environment of its own, with the settings of a client if there is a URL."""
        settings = {"OSVI_BASE_URL": url, "OSVI_API_TOKEN": token} if url else {}
        return subprocess.run(
            [sys.executable, "-m", "osvi", *arguments],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=ENVIRONMENT | {"PYTHONUTF8": "1", "NO_COLOR": "1"} | settings | environment,
        )

    return run_osvi


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    (line,) = result.stderr.splitlines()
    assert result.stdout == ""
    return line


@pytest.mark.parametrize("columns", [10, 40, 60, 78, 79, 80, 200])
def test_a_terminal_of_any_width_shows_all_of_a_session(run: Run, columns: int) -> None:
    sandbox = Sandbox()
    for agent_uuid in ("agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og", "agent_x"):
        opened = sandbox.open_session(
            "+1", agent_uuid=agent_uuid, help_requested=True, active_human="eve@a.example", updated_at=datetime.now(UTC)
        )
    assert opened.updated_at is not None
    with sandbox.serve() as url:
        result = run("active", "+1", url=url, token=sandbox.token, COLUMNS=str(columns))

    shown = result.stdout
    for text in (agent_uuid, "agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og", str(opened.id), "active", "help asked", "seconds ago"):
        assert text in shown
    assert f"{opened.updated_at.astimezone():%Y-%m-%d %H:%M}" in shown
    assert "eve@a.e" in shown
    if columns >= 79:
        assert shown.startswith("Agent and session ")
        assert all(len(line) <= columns for line in shown.splitlines())
    else:
        assert shown.splitlines()[2:4] == ["Status: active, help asked", "Answered by: eve@a.example"]


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
        table = run("active", "+1", url=server.url, COLUMNS="120").stdout

    assert who in table.splitlines()[1]


def test_the_table_says_how_long_ago_a_session_was_updated(run: Run) -> None:
    sandbox = Sandbox()
    ages = {"90 minutes ago": 90, "3 hours ago": 3 * 60 + 5, "2 days ago": 2 * 24 * 60 + 5, "in the future": -60}
    for text, minutes in ages.items():
        updated_at = datetime.now(UTC) - timedelta(minutes=minutes)
        sandbox.open_session("+1", agent_uuid=f"agent {text}", updated_at=updated_at)
    with sandbox.serve() as url:
        lines = run("active", "+1", url=url, token=sandbox.token, COLUMNS="120").stdout.splitlines()

    assert [line.count(text) for text in ages for line in lines if f"agent {text}" in line] == [2] * 4


@pytest.mark.parametrize("command", [[], ["active"], ["doctor"], ["sandbox"]])
def test_the_help_has_examples_and_fits_a_screen(run: Run, command: list[str]) -> None:
    result = run(*command, "--help", COLUMNS="80")

    assert result.returncode == 0
    assert "Examples:\n" in result.stdout
    assert ("\n  Exit status: " in result.stdout) == bool(command)
    assert " osvi " + " ".join(command) in result.stdout
    assert "..." not in result.stdout.replace("[ARGS]...", "")
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert len(result.stdout.splitlines()) < 24  # the prompt takes the last line of a screen
    assert command or run().stdout == result.stdout


@pytest.mark.parametrize("options", [[], ["--agent-uuid", "agent_x"]])
def test_no_session_is_status_1(run: Run, options: list[str]) -> None:
    result = run("active", "+1", "--sandbox", *options)
    assert (result.returncode, only_line(result)) == (1, "No active session.")

    result = run("active", "+1", "--sandbox", "--json", *options)
    assert (result.returncode, result.stdout) == (1, "{}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["active"], "osvi: Missing argument 'CUSTOMER_ID' (or --from FILE); see osvi active --help"),
        (["active", "+1", "--nope"], "osvi: No such option '--nope'; see osvi active --help"),
        (["nope"], "osvi: No such command 'nope'; see osvi --help"),
        (["active", " ", "--sandbox"], "osvi: customer_id is blank"),
        (["active", "+1"], "osvi: no API token: set OSVI_API_TOKEN, or try --sandbox"),
    ],
)
def test_a_usage_or_configuration_error_is_status_2(run: Run, arguments: list[str], message: str) -> None:
    result = run(*arguments)

    # click 8.1 writes "option: --nope".
    assert (result.returncode, only_line(result).replace("option: --nope", "option '--nope'")) == (2, message)


ADVICE = "Update osvi, or report this line"


@pytest.mark.parametrize(
    ("answer", "status", "message", "end"),
    [
        (raw_json({"error": "no"}, "401 Unauthorized"), 3, "answered 401: no. Check the", ""),
        (None, 3, "ConnectError", "Check the network, the proxy and OSVI_BASE_URL"),
        (raw_json({"success": True, "data": []}), 4, "at /data: expected a map of agent UUID to session", ADVICE),
        (raw(b"<html>"), 4, "an HTML page; is the base URL right?", ")"),
    ],
)
def test_a_failed_lookup_is_one_line_and_status_3_or_4(
    run: Run, answer: bytes | None, status: int, message: str, end: str
) -> None:
    with serving(answer or b"") as server:
        result = run("active", CUSTOMER, url=server.url) if answer else None
    result = result or run("active", CUSTOMER, url=server.url)  # after the server has ended

    assert result.returncode == status
    assert message in only_line(result)
    assert only_line(result).endswith(end)
    assert (ADVICE in only_line(result)) == (end == ADVICE)


def test_drift_is_a_warning_in_one_line(run: Run) -> None:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", mode="unheard-of")
    with sandbox.serve() as url:
        result = run("active", "+1", "--json", url=url, token=sandbox.token)

    assert result.returncode == 0
    assert json.loads(result.stdout)["agent_x"]["mode"] == "unheard-of"
    assert result.stderr.startswith("osvi: warning: GET /v1/chat/session/active: /data/*/mode is a value")
    assert len(result.stderr.splitlines()) == 1


def test_drift_that_a_filter_makes_an_error_is_status_4(run: Run) -> None:
    with serving(raw_json({"success": True, "data": {}, UNKNOWN: 1})) as server:
        result = run("active", "+1", url=server.url, PYTHONWARNINGS="error::UserWarning")

    assert result.returncode == 4
    assert f"/{UNKNOWN} is a field" in only_line(result)


ESCAPES = "\x1b[2Jgone\n\u202e\u2028\x9b"


@pytest.mark.parametrize("arguments", [["active", "+1"], ["active", "+1", "--json"], ["doctor"]])
def test_no_text_of_a_server_reaches_a_terminal_as_it_is(run: Run, arguments: list[str]) -> None:
    texts = {name: f"{name}{ESCAPES}" for name in ("mode", "status", "active_human", f"{UNKNOWN}{ESCAPES}")}
    session = RECORD | texts
    with serving(raw_json({"success": True, "data": {f"agent{ESCAPES}": session}})) as server:
        result = run(*arguments, url=server.url)

    shown = result.stdout + result.stderr
    assert result.returncode in {0, 4}
    assert all(char.isprintable() for line in shown.split("\n") for char in line)
    if "--json" in arguments:
        assert json.loads(result.stdout)[f"agent{ESCAPES}"]["status"] == texts["status"]
    else:
        assert not any(line.startswith("gone") for line in shown.split("\n"))


def test_the_customer_is_not_in_the_report_of_the_doctor(run: Run) -> None:
    with serving(raw_json({"success": True, "data": {"agent_x": RECORD | {"+15559998888": 1}}})) as server:
        result = run("doctor", "--customer-id", "+15559998888", url=server.url)

    assert result.returncode == 4
    assert "5559998888" not in result.stdout + result.stderr


def test_a_time_near_the_year_1_is_shown(run: Run) -> None:
    zero = "0001-01-01T00:00:00Z"  # of Go, for "never"
    with serving(raw_json({"success": True, "data": {"agent_x": RECORD | {"updated_at": zero}}})) as server:
        result = run("active", "+1", url=server.url, TZ="UTC-8")
        west = run("active", "+1", url=server.url, TZ="UTC+8")

    assert (result.returncode, west.returncode) == (0, 0)
    assert "-01-01 0" in result.stdout
    assert "1-01-01 00:00" in west.stdout


def test_a_fault_is_a_sentence_of_its_own_status_and_a_traceback_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from osvi._cli import _active, _app  # noqa: PLC0415 - the extra may be missing

    def fail(*_: object, **__: object) -> None:
        raise LookupError("nobody foresaw this")

    monkeypatch.setattr(_active, "make_client", fail)
    monkeypatch.setattr(_app, "prepare_streams", lambda: None)
    monkeypatch.setattr("warnings.showwarning", None)
    sentence = "osvi: LookupError: nobody foresaw this. This is a fault of osvi: report what osvi --debug prints\n"

    assert _app.run(["active", "+1"]) == 6
    assert capsys.readouterr().err == sentence
    assert _app.run(["--debug", "active", "+1"]) == 6
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert err.endswith(sentence)


# Each writes to standard output.
WRITERS: list[list[str]] = [
    ["--help"],
    ["--version"],
    ["active", "--help"],
    ["active", CUSTOMER, "--sandbox"],
    ["active", CUSTOMER, "--sandbox", "--json"],
    ["active", "--from", "customers.txt", "--sandbox"],
    ["doctor", "--sandbox"],
    ["sandbox", "--port", "0"],
]


def redirected(folder: Path, redirection: str, *arguments: str, **pipes: Any) -> subprocess.CompletedProcess[str]:
    """Run the command with a redirection of a shell."""
    (folder / "customers.txt").write_text("+1\n")
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "osvi", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes
    result: Any = subprocess.run(command, check=False, text=True, cwd=folder, env=ENVIRONMENT, **pipes)
    return cast("subprocess.CompletedProcess[str]", result)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        pytest.param("/dev/full", "No space left on device", marks=NEEDS_DEV_FULL),
        ("&-", "Bad file descriptor"),
    ],
)
@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_output_that_cannot_be_written_is_a_sentence_and_status_5(
    tmp_path: Path, arguments: list[str], target: str, reason: str
) -> None:
    result = redirected(tmp_path, f">{target}", *arguments)

    assert (result.returncode, result.stdout) == (5, "")
    assert re.fullmatch(
        rf"osvi: cannot write (the output|after 0 customers): {reason}(; to go on, .*)?\n", result.stderr
    )


# As in a bundle without the data files, such as that of PyInstaller.
WITHOUT_DATA = """
import sys
from osvi._cli import main

def hide(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".json"):
        raise FileNotFoundError(2, "No such file or directory", str(arguments[0]))

sys.addaudithook(hide)
main()
"""


@pytest.mark.parametrize(
    "arguments", [["active", "+1"], ["active", "--from", "customers.txt"], ["doctor"]], ids=" ".join
)
def test_an_error_of_another_file_than_the_output_names_that_file(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "customers.txt").write_text("+1\n")
    command = [sys.executable, "-c", WITHOUT_DATA, *arguments, "--sandbox"]
    result = subprocess.run(command, check=False, text=True, capture_output=True, cwd=tmp_path, env=ENVIRONMENT)

    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r"osvi: cannot open .*osvi_openapi.*\.json: No such file or directory\n", result.stderr)


@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_a_reader_that_has_gone_ends_a_command_without_a_message(tmp_path: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = redirected(tmp_path, "", *arguments, stdout=writer)
    os.close(writer)

    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.parametrize("target", [pytest.param("/dev/full", marks=NEEDS_DEV_FULL), "&-"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["active", "+1", "--sandbox"], 1), (["active", "+1"], 2), (["active", "+1", "--nope"], 2), (["nope"], 2)],
)
def test_the_exit_status_does_not_depend_on_whether_the_message_can_be_written(
    tmp_path: Path, arguments: list[str], status: int, target: str
) -> None:
    assert redirected(tmp_path, f"2>{target}", *arguments).returncode == status


@pytest.mark.parametrize("moment", ["osvi._cli._app", "osvi._cli._sandbox", "examples.json"])
def test_ctrl_c_ends_the_command_with_status_130_while_it_imports_and_while_it_works(moment: str) -> None:
    script = f"""
import signal, sys
from osvi._cli import main

def interrupt(event, arguments):
    if event in ("import", "open") and str(arguments[0]).endswith({moment!r}):
        signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(interrupt)
main()
"""
    command = [sys.executable, "-c", script, "active", CUSTOMER, "--sandbox"]
    result = subprocess.run(command, check=False, capture_output=True, text=True, env=ENVIRONMENT)

    assert (result.returncode, result.stdout, result.stderr.strip()) == (130, "", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_the_name_of_a_file(run: Run, shell: str) -> None:
    script = run(_OSVI_COMPLETE=f"{shell}_source")
    assert script.returncode == 0
    assert "_osvi_completion" in script.stdout

    for option in ("--from", "--resume"):
        words = {"COMP_WORDS": f"osvi active {option} c", "COMP_CWORD": "c" if shell == "fish" else "3"}
        completion = run(_OSVI_COMPLETE=f"{shell}_complete", **words)
        assert completion.stdout.split() == {"bash": ["file,c"], "zsh": ["file", "c", "_"], "fish": ["file,c"]}[shell]


def test_text_outside_ascii_is_printed_in_any_locale(run: Run) -> None:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", active_human="Jürgen 👋")
    with sandbox.serve() as url:
        arguments = {"url": url, "token": sandbox.token}
        ascii_only = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
        plain = run("active", "+1", "--json", **arguments, **ascii_only)
        utf8 = run("active", "+1", "--json", **arguments)
        plain_table = run("active", "+1", **arguments, **ascii_only)
        utf8_table = run("active", "+1", **arguments)

    assert "Jürgen 👋" in utf8.stdout
    assert json.loads(plain.stdout) == json.loads(utf8.stdout)
    assert "Jürgen 👋" in utf8_table.stdout
    assert r"J\xfcrgen \U0001f44b" in plain_table.stdout


def test_the_version_has_what_a_bug_report_needs(run: Run) -> None:
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
            process.terminate()


def settings(lines: list[str]) -> dict[str, str]:
    """Return the variables that a shell has after it has evaluated the lines."""
    script = "".join(lines) + "env"
    shell = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True, env=ENVIRONMENT)
    return dict(line.split("=", 1) for line in shell.stdout.splitlines() if line.startswith("OSVI_"))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_is_served_for_other_programs_and_logs_requests_without_query_and_token(
    tmp_path: Path, end: signal.Signals
) -> None:
    with served_sandbox(tmp_path) as (process, lines):
        given = settings(lines)
        assert set(given) == {"OSVI_BASE_URL", "OSVI_API_TOKEN"}
        with osvi.Client(given["OSVI_API_TOKEN"], base_url=given["OSVI_BASE_URL"]) as client:
            assert list(client.list_active_sessions(CUSTOMER)) == [AGENT]
        httpx.get(f"{given['OSVI_BASE_URL']}/v1/chat/session/active", headers={HEADER: "wrong-token-0000"})
        process.send_signal(end)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 0
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
        answer = subprocess.run(["sh", "-c", command], check=True, capture_output=True, env=ENVIRONMENT)

    assert list(json.loads(answer.stdout)["data"]) == [AGENT]


def test_a_sandbox_on_every_address_prints_the_settings_of_clients_here_and_elsewhere(run: Run, tmp_path: Path) -> None:
    with served_sandbox(tmp_path, "--host", "0.0.0.0") as (_, lines):  # noqa: S104 - that is what is tested
        given = settings(lines)
        assert given["OSVI_BASE_URL"].startswith("http://127.0.0.1:")
        assert given["OSVI_ALLOW_HTTP"] == "1"
        assert f"# elsewhere, put the name of this machine ({socket.gethostname()}) in place of 127.0.0.1\n" in lines
        assert run("doctor", **given).returncode == 0


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_a_command_runs_with_the_settings_of_the_sandbox_in_any_shell(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    osvi_command = shlex.join([sys.executable, "-m", "osvi"])
    script = f"{osvi_command} sandbox --port 0 -- {osvi_command} active --json {CUSTOMER}"
    result = subprocess.run([shell, "-c", script], check=False, capture_output=True, text=True, cwd=tmp_path)

    assert (result.returncode, result.stderr) == (0, "GET /v1/chat/session/active 200\n")
    assert list(json.loads(result.stdout)) == [AGENT]


@pytest.mark.parametrize(
    ("command", "status"), [("exit 7", 7), ("kill -s TERM $$", 143), ("kill -s INT $PPID; exit 8", 8)]
)
def test_the_exit_status_is_that_of_the_command_in_the_sandbox(run: Run, command: str, status: int) -> None:
    result = run("sandbox", "--port", "0", "--", "sh", "-c", command)

    assert (result.returncode, result.stdout, result.stderr) == (status, "", "")


def test_a_command_that_cannot_be_run_and_a_port_in_use_are_status_2(run: Run) -> None:
    with Sandbox().serve() as url:
        in_use = run("sandbox", "--port", url.rpartition(":")[2])
    no_command = run("sandbox", "--port", "0", "--", "no-such-command")

    assert (in_use.returncode, no_command.returncode) == (2, 2)
    assert "cannot listen on 127.0.0.1:" in only_line(in_use)
    no_such_file = "cannot run no-such-command: No such file or directory"
    assert only_line(no_command) == f"osvi: {no_such_file}; see osvi sandbox --help"


@pytest.mark.parametrize("command", [["active", "+1"], ["active", "--from", "customers.txt"], ["doctor"]])
def test_plain_http_to_another_machine_needs_an_option_or_a_variable(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "customers.txt").write_text("+1\n")
    sandbox = Sandbox()
    # The sandbox is the proxy, so that any name of another machine leads to it.
    with sandbox.serve() as proxy:
        there = {"url": "http://box:8080", "token": sandbox.token, "HTTP_PROXY": proxy}
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


def test_without_its_libraries_the_command_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['click'] = None\n")
    result = subprocess.run(
        [sys.executable, "-m", "osvi", "--help"],
        check=False,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PYTHONPATH": os.fspath(tmp_path)},
    )

    assert (result.returncode, only_line(result)) == (
        2,
        "osvi: the command line needs click: pip install 'osvi[cli]'",
    )


def test_a_module_that_is_missing_for_another_reason_is_not_taken_for_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "osvi._cli._app", None)
    with pytest.raises(ModuleNotFoundError, match=r"osvi\._cli\._app"):
        main()


UNKNOWN_FIELD = "is a field that the spec does not know."
SHORT_SHA256 = osvi.SPEC_SHA256[:12]
SECRET = "do-not-tell"


class TestDoctor:
    def test_the_report_of_the_sandbox_has_no_differences(self, run: Run) -> None:
        result = run("doctor", "--customer-id", CUSTOMER, "--sandbox")

        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.splitlines() == [
            "The sandbox in memory answers.",
            "It accepts the token.",
            f"The answer (1 session) agrees with openapi.yaml (sha256 {SHORT_SHA256}).",
        ]

    def test_the_doctor_sends_one_request(self, run: Run) -> None:
        with Sandbox().serve() as url, serving(EMPTY) as server:
            right = run("doctor", url=f"{server.url}/prefix")
            assert len(server.requests) == 1
            wrong = run("doctor", url=url, token="wrong-token-0000")

        assert right.returncode == 0
        assert right.stdout.startswith(f"The API at {server.url}/prefix answers.\nIt accepts the token.\n")
        assert wrong.returncode == 3
        assert wrong.stdout.splitlines() == [f"The API at {url} answers.", "It does not accept the token."]
        assert "answered 401" in wrong.stderr

    @pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
    def test_a_refusal_with_a_page_tells_nothing_of_the_token(self, run: Run, status: str) -> None:
        with serving(raw(b"<html>blocked</html>", status), raw_json({"error": "forbidden"}, status)) as server:
            page, answer = (run("doctor", url=server.url) for _ in range(2))

        assert (page.returncode, answer.returncode) == (3, 3)
        assert page.stdout.splitlines()[1] == "Whether it accepts the token is not known."
        assert answer.stdout.splitlines()[1] == "It does not accept the token."

    def test_no_answer_is_reported_with_the_url(self, run: Run) -> None:
        with serving(b"") as server:
            url = server.url
        result = run("doctor", url=url)

        assert (result.returncode, result.stdout) == (3, f"The API at {url} does not answer.\n")
        assert len(result.stderr.splitlines()) == 1

    @pytest.mark.parametrize(
        ("data", "verdict", "differences"),
        [
            (
                {
                    "agent_v": RECORD | {"mode": SECRET},
                    "agent_w": RECORD | {"metadata": RECORD["metadata"] | {"context": [SECRET, 1, {}]}},
                    "agent_z": BARE | {"created_at": SECRET},
                },
                f"The answer differs from openapi.yaml (sha256 {SHORT_SHA256}). The first value that cannot be read:",
                ["/data/agent_w/metadata/context/1 should be a string, but is a number."],
            ),
            (
                {"agent_x": RECORD | {"mode": SECRET, UNKNOWN: SECRET}, "agent_y": RECORD | {"status": SECRET}},
                f"The answer (2 sessions) differs from openapi.yaml (sha256 {SHORT_SHA256}).",
                [
                    "/data/*/mode is a value that the spec does not list.",
                    f"/data/*/{UNKNOWN} {UNKNOWN_FIELD}",
                    "/data/*/status is a value that the spec does not list.",
                ],
            ),
        ],
    )
    def test_the_differences_up_to_the_first_value_that_cannot_be_read_are_told_without_their_values(
        self, run: Run, data: Any, verdict: str, differences: list[str]
    ) -> None:
        with serving(raw_json({"success": True, "data": data})) as server:
            result = run("doctor", url=server.url)

        assert (result.returncode, result.stderr) == (4, "")
        assert SECRET not in result.stdout
        assert result.stdout.splitlines()[2:] == [verdict, *differences]

    @pytest.mark.parametrize(
        ("body", "token", "difference"),
        [
            (
                b"<html>",
                "Whether",
                "The whole body should be a JSON object, but is an HTML page; is the base URL right?",
            ),
            (b'{"success": 1}', "It accepts", "/success should be a boolean, but is a number."),
            (b"{}", "It accepts", "/data should be a map of agent UUID to session, but is missing."),
            (
                json.dumps({"success": True, "data": {"agent_x": BARE | {"id": "x", UNKNOWN: 1}}}).encode(),
                "It accepts",
                f"/data/*/{UNKNOWN} {UNKNOWN_FIELD}",
            ),
        ],
    )
    def test_a_single_difference_is_told_with_whether_the_token_is_accepted(
        self, run: Run, body: bytes, token: str, difference: str
    ) -> None:
        with serving(raw(body)) as server:
            result = run("doctor", url=server.url)

        assert (result.returncode, result.stderr) == (4, "")
        lines = result.stdout.splitlines()
        assert lines[1].startswith(token)
        assert lines[3:] == [difference]

    def test_the_report_names_the_proxy_without_its_password(self, run: Run) -> None:
        with Sandbox().serve() as url:
            proxy = url.replace("//", "//user:secret@")
            result = run("doctor", "--allow-http", url="http://box:8080", HTTP_PROXY=proxy)

        assert result.stdout.startswith(
            f"The API at http://box:8080, asked through the proxy {url} of HTTP_PROXY, answers."
        )
        assert "secret" not in result.stdout + result.stderr
