"""``osvi active --from``: one line for each customer, also after an interruption."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from osvi._cli import _many
from osvi.testing import Sandbox
from support import raw_json, serving

pty, termios = (pytest.importorskip(name, reason="needs the terminals of POSIX") for name in ("pty", "termios"))


class Command:
    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.folder = folder
        self.environment = {"PATH": os.defpath, "PYTHONUTF8": "1", "OSVI_BASE_URL": url, "OSVI_API_TOKEN": token}

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "osvi", "active", *arguments]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        process: Any = subprocess.Popen(command, cwd=self.folder, env=self.environment, **pipes)
        return cast("subprocess.Popen[bytes]", process)

    def run(self, *arguments: str, given: bytes = b"") -> "tuple[int, list[dict[str, Any]], str]":
        process = self.start(*arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(given, timeout=60)
        return process.returncode, lines(out), err.decode()

    def usage_error(self, *arguments: str, given: bytes = b"") -> str:
        """Return the one line of a command that ends before its first lookup."""
        status, found, err = self.run(*arguments, given=given)
        assert (status, found, err.count("\n")) == (2, [], 1)
        return err


def lines(text: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = Sandbox()
    for number in range(0, 200, 2):
        sandbox.open_session(f"+{number}", agent_uuid=f"agent_{number}")
    return sandbox


@pytest.fixture
def command(tmp_path: Path, sandbox: Sandbox) -> Iterator[Command]:
    (tmp_path / "customers.txt").write_text("".join(f"+{number}\n" for number in range(200)))
    with sandbox.serve() as url:
        yield Command(tmp_path, url, sandbox.token)


def check(found: list[dict[str, Any]], customers: range) -> None:
    assert sorted(line["customer_id"] for line in found) == sorted(f"+{number}" for number in customers)
    for line in found:
        number = int(line["customer_id"])
        assert list(line["sessions"]) == ([f"agent_{number}"] if number % 2 == 0 else [])


def test_every_customer_of_a_file_has_one_line(command: Command) -> None:
    status, found, err = command.run("--from", "customers.txt", "--concurrency", "20")

    assert (status, err) == (0, "")
    check(found, range(200))


CSV = {
    "commas": 'name,phone\n"Doe, Jane",+4\nJohn,+5\nnobody,\nshort\n',
    "semicolons": '"last, first";phone;note\n"Doe; Jane";+4;"a, b, c"\n\n"Doe\nJohn";+5;\n',
    "tabs": "name\tphone\nJane\t+4\nJohn\t+5\n",
    "spaces": "name, phone\r\nJane, +4\r\nJohn, +5\r\n",
    "a blank line first": "\r\nname;phone\r\nJane;+4\r\nJohn;+5\r\n",
}


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("csv", CSV.values(), ids=CSV.keys())
def test_customers_come_from_a_column(command: Command, csv: str, mark: str, *, piped: bool) -> None:
    (command.folder / "customers.dat").write_bytes((mark + csv).encode())
    source = "-" if piped else "customers.dat"
    status, found, err = command.run("--from", source, "--column", "phone", given=(mark + csv).encode())

    assert (status, err) == (0, "")
    check(found, range(4, 6))


@pytest.mark.parametrize(
    ("name", "csv", "columns"),
    [
        ("customers.csv", CSV["commas"], "name, phone"),
        ("customers.txt", CSV["semicolons"], "last, first, phone, note"),
        ("customers", CSV["tabs"], "name, phone"),
        ("CUSTOMERS.CSV", "\ufeffphone\n+4\n", "phone"),
        ("customers.tsv", "phone\n+4\n", "phone"),
        ("customers.csv", "", "none"),
    ],
)
def test_csv_needs_a_column_and_the_error_lists_the_columns(
    command: Command, sandbox: Sandbox, name: str, csv: str, columns: str
) -> None:
    (command.folder / name).write_text(csv, encoding="utf-8")
    arguments = ("--from", name, "--resume", "sessions.jsonl")

    problem = f"{name} is CSV: choose the column of the customers with --column"
    assert f"{problem}; there are {columns}; see" in command.usage_error(*arguments)
    problem = f"{name} has no column 'mobile'"
    assert f"{problem}; there are {columns}; see" in command.usage_error(*arguments, "--column", "mobile")
    assert sandbox.requests == []


def test_csv_is_recognised_in_a_pipe(command: Command, sandbox: Sandbox) -> None:
    err = command.usage_error("--from", "-", given=b"\xef\xbb\xbfname;phone\nJane;+4\n")

    assert "standard input is CSV: choose the column of the customers with --column; there are name, phone" in err
    assert sandbox.requests == []


@pytest.mark.parametrize("source", ["list", "-"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_list_needs_no_column(command: Command, mark: str, source: str) -> None:
    content = f"{mark}+1\n\n +2 \r\n+3".encode()
    (command.folder / "list").write_bytes(content)
    status, found, err = command.run("--from", source, given=content)

    assert (status, err) == (0, "")
    check(found, range(1, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name;phone\nJürgen;+4\n".encode("cp1252"), "customers.csv is not UTF-8; save it as UTF-8"),
        ("name;phone\n".encode("utf-16"), "customers.csv is not UTF-8; save it as UTF-8"),
        (b'name;phone\n"' + b"x" * 200_000, "cannot read customers.csv as CSV: field larger than field limit"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_before_the_first_request(
    command: Command, sandbox: Sandbox, content: bytes, message: str
) -> None:
    (command.folder / "customers.csv").write_bytes(content)

    assert message in command.usage_error("--from", "customers.csv", "--column", "phone")
    assert sandbox.requests == []


def test_a_customer_that_fails_has_a_line_with_the_error(command: Command, sandbox: Sandbox) -> None:
    sandbox.fail(403, body={"success": False, "error": "forbidden"}, times=3)
    status, found, _ = command.run("--from", "customers.txt")

    assert status == 3
    assert len(found) == 200
    errors = [line["error"] for line in found if "error" in line]
    assert [(error["type"], error["status_code"], error["code"]) for error in errors] == [
        ("PermissionDeniedError", 403, "forbidden")
    ] * 3


def test_a_wrong_token_stops_all_lookups(command: Command) -> None:
    command.environment["OSVI_API_TOKEN"] = "wrong-token-0000"
    status, found, err = command.run("--from", "customers.txt")

    assert (status, found) == (3, [])
    assert len(err.splitlines()) == 1
    assert "answered 401" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "no-such-file"], "cannot read no-such-file: No such file or directory"),
        (["--from", "customers.txt", "+1"], "--from goes with neither CUSTOMER_ID nor --agent-uuid"),
        (["+1", "--resume", "x"], "--column and --resume go with --from"),
        (["--from", "customers.txt", "--resume", "customers.txt"], "cannot resume from customers.txt"),
        (["--from", "customers.txt", "--resume", "no/such/file"], "cannot resume from no/such/file: FileNotFoundError"),
        (["--from", "customers.txt", "--concurrency", "0"], "'--concurrency': 0 is not in the range"),
    ],
)
def test_a_usage_error_is_status_2(command: Command, arguments: list[str], message: str) -> None:
    before = (command.folder / "customers.txt").read_bytes()

    assert message in command.usage_error(*arguments)
    assert (command.folder / "customers.txt").read_bytes() == before


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_resume_looks_up_the_customers_that_an_interrupted_run_lacks(command: Command, how: signal.Signals) -> None:
    output = command.folder / "sessions.jsonl"
    with output.open("wb") as file:
        process = command.start("--from", "customers.txt", "--concurrency", "2", stdout=file)
        while output.stat().st_size < 5000 and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(how)
        _, err = process.communicate(timeout=30)
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert b"osvi: stopped after " in err
    before = output.read_bytes()
    assert 0 < before.count(b"\n") < 200
    output.write_bytes(before + b'{"customer_id": "+199", "sess')  # as a full disk or a kill may leave it

    status, found, _ = command.run("--from", "customers.txt", "--resume", "sessions.jsonl")
    assert (status, found) == (0, [])
    assert output.read_bytes().startswith(before)
    check(lines(output.read_bytes()), range(200))

    assert command.run("--from", "customers.txt", "--resume", "sessions.jsonl")[0] == 0
    check(lines(output.read_bytes()), range(200))


def test_resume_looks_up_again_the_customers_that_failed(command: Command, sandbox: Sandbox) -> None:
    sandbox.fail(403, times=3)
    arguments = ("--from", "customers.txt", "--resume", "sessions.jsonl")
    assert command.run(*arguments)[0] == 3
    assert command.run(*arguments)[0] == 0
    assert command.run(*arguments)[0] == 0

    assert len(sandbox.requests) == 203
    found = lines((command.folder / "sessions.jsonl").read_bytes())
    assert len(found) == 203
    check(list({line["customer_id"]: line for line in found}.values()), range(200))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_status_5(command: Command) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        process = command.start("--from", "customers.txt", stdout=full)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 5
    assert err.decode() == (
        "osvi: cannot write after 0 customers: No space left on device; "
        "to go on, name the file of these lines with --resume\n"
    )


def at_a_terminal(command: Command, *arguments: str, lines_too: bool = False) -> str:
    """Run the command with standard error, and with the lines if asked, on a terminal; return what it shows."""
    shown, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    pipes = {"stderr": terminal, "stdout": terminal if lines_too else subprocess.DEVNULL}
    with command.start(*arguments, **pipes) as process, open(shown, "rb", buffering=0) as screen:  # noqa: PTH123 - a descriptor
        os.close(terminal)
        parts = []
        with suppress(OSError):  # how Linux says that nobody writes to the terminal any more
            while part := screen.read(65536):
                parts.append(part)
        process.wait(timeout=30)
    return b"".join(parts).decode()


def test_the_bar_does_not_run_through_the_lines_on_one_terminal(command: Command) -> None:
    shown = at_a_terminal(command, "--from", "customers.txt", lines_too=True)

    check(lines(shown.encode()), range(200))


@pytest.mark.parametrize("resumed", [0, 150])
def test_the_bar_counts_the_lines_of_an_earlier_run(command: Command, resumed: int) -> None:
    earlier = "".join(json.dumps({"customer_id": f"+{number}"}) + "\n" for number in range(-50, resumed))
    (command.folder / "sessions.jsonl").write_text(earlier)
    shown = at_a_terminal(command, "--from", "customers.txt", "--resume", "sessions.jsonl")

    assert f"{resumed}/200" in shown
    assert "200/200" in shown


def test_the_rate_of_the_bar_is_that_of_this_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = iter([1000.0, 1000.5, 1010.0])
    monkeypatch.setattr(_many, "time", SimpleNamespace(perf_counter=lambda: next(seconds)))
    with _many._bar(total=200, done=150) as show:
        show(1, 0)
        show(50, 2)

    assert "200/200 5.0/s, 2 failed" in capsys.readouterr().err


def test_a_warning_does_not_run_through_the_bar(command: Command, sandbox: Sandbox) -> None:
    sandbox.open_session("+1", agent_uuid="agent_x", mode="unheard-of")
    shown = at_a_terminal(command, "--from", "customers.txt")

    (before,) = re.findall(r"(.*)osvi: warning:", shown)
    assert before.endswith("\x1b[2K")  # the line of the bar was cleared for it


def test_a_reader_that_closes_the_pipe_ends_the_command_without_a_message(command: Command) -> None:
    process = command.start("--from", "customers.txt")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()

    assert (process.wait(timeout=30), err) == (141, b"")


def test_lines_are_written_while_the_input_still_waits(command: Command) -> None:
    process = command.start("--from", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"+2\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["customer_id"] == "+2"
    process.communicate(timeout=30)


def test_the_sandbox_option_sends_no_request_to_the_base_url(command: Command) -> None:
    command.environment["OSVI_BASE_URL"] = "http://elsewhere.invalid"
    status, found, _ = command.run("--from", "customers.txt", "--sandbox")

    assert status == 0
    assert all(line["sessions"] == {} for line in found)


def test_the_line_of_a_broken_answer_has_the_place(tmp_path: Path) -> None:
    with serving(raw_json({"success": True, "data": []})) as server:
        status, found, _ = Command(tmp_path, server.url, "0123456789abcdef").run("--from", "-", given=b"+1\n")

    assert status == 3
    assert (found[0]["error"]["type"], found[0]["error"]["pointer"]) == ("ContractError", "/data")
