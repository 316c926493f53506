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

import click
import pytest
from osvi._cli import _many
from osvi._cli._customers import customers
from osvi.testing import RecordedRequest, Sandbox
from support import ENVIRONMENT, raw_json, serving

pty, termios = (pytest.importorskip(name, reason="needs the terminals of POSIX") for name in ("pty", "termios"))


class Command:
    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.folder = folder
        self.environment = ENVIRONMENT | {"PYTHONUTF8": "1", "OSVI_BASE_URL": url, "OSVI_API_TOKEN": token}

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


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("csv", CSV.values(), ids=CSV.keys())
def test_customers_come_from_a_column(tmp_path: Path, csv: str, mark: str) -> None:
    (tmp_path / "customers.dat").write_bytes((mark + csv).encode())

    assert list(customers(str(tmp_path / "customers.dat"), "phone")) == ["+4", "+5"]


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


@pytest.mark.parametrize(
    ("name", "csv", "number"),
    [
        ("customers.csv", "+15551112222,Jane\n+15553334444,John\n", 2),
        ("customers.csv", "+15551112222\n+15553334444\n", 1),
        ("customers.txt", "Jane;jane@example.org\n", 2),
    ],
)
def test_csv_without_a_header_is_reported_without_its_customers(
    command: Command, name: str, csv: str, number: int
) -> None:
    (command.folder / name).write_text(csv)
    columns = f"there are {number} columns, and the first line must have their names"

    problem = f"{name} is CSV: choose the column of the customers with --column"
    assert command.usage_error("--from", name) == f"osvi: {problem}; {columns}; see osvi active --help\n"
    problem = f"{name} has no column 'phone'"
    err = command.usage_error("--from", name, "--column", "phone")
    assert err == f"osvi: {problem}; {columns}; see osvi active --help\n"


@pytest.mark.parametrize("shortened", ["1.5551E+10", "1,5551E+10", "2E+11"])
@pytest.mark.parametrize("lines", ["+4\n{}\n", 'phone;name\n+4;Jane\n"{}";John\n'])
def test_a_number_that_a_spreadsheet_has_shortened_is_refused(
    command: Command, sandbox: Sandbox, lines: str, shortened: str
) -> None:
    (command.folder / "customers").write_text(lines.format(shortened))
    err = command.usage_error("--from", "customers", *(["--column", "phone"] if "phone" in lines else []))

    assert "customer 2 of customers is a number that a spreadsheet has shortened" in err
    assert shortened not in err
    assert sandbox.requests == []


@pytest.mark.parametrize("quoted", ['"+5"', "'+5'", '"+5",'])
@pytest.mark.parametrize("lines", ["\n+4\n\n{}\n", 'phone\tname\n\n"+4"\tJane\n"""+5"""\tJohn\n'])
def test_an_id_in_quotes_is_refused_with_its_line(tmp_path: Path, lines: str, quoted: str) -> None:
    (tmp_path / "list").write_text(lines.format(quoted))
    with pytest.raises(click.UsageError) as caught:
        list(customers(str(tmp_path / "list"), "phone" if "phone" in lines else None))

    assert caught.value.message.endswith(" is in quotes, in line 4; leave them out (with jq: jq -r)")
    assert "customer 2 of" in caught.value.message
    assert "+5" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (
            "list.txt",
            b"+1\n+2\x1b[2J\n+3\n",
            "customer 2 of list.txt has a line break or a control",
        ),
        (
            "table.csv",
            b'phone\n"+1\n+2"\n',
            "customer 1 of table.csv has a line break or a control",
        ),
        ("table.csv", b'phone\n+1\n"+2\n+3\n', "cannot read table.csv as CSV, after line 2: unexpected end of data"),
        ("table.csv", b'phone\n+1\n"+2\n+3"4\n', "cannot read table.csv as CSV, after line 2: ',' expected after"),
    ],
)
def test_a_line_that_makes_one_customer_of_several_is_refused(
    command: Command, name: str, content: bytes, problem: str
) -> None:
    (command.folder / name).write_bytes(content)
    column = ["--column", "phone"] if name == "table.csv" else []

    error = command.usage_error("--from", name, *column)
    assert problem in error
    assert error[:-1].isprintable()


def test_names_of_columns_are_printable(command: Command) -> None:
    error = command.usage_error("--from", "-", given=b"a\x1b[J,b\xe2\x80\xae\n1,2\n")
    assert "there are a[J, b;" in error


def test_quotes_within_an_id_are_part_of_it(command: Command, sandbox: Sandbox) -> None:
    assert command.run("--from", "-", given=b"O'Brien\na\"b\n'x\n")[0] == 0
    assert {request.params["customer_id"] for request in sandbox.requests} == {"O'Brien", 'a"b', "'x"}


def test_a_customer_that_is_twice_in_a_file_is_looked_up_once(command: Command, sandbox: Sandbox) -> None:
    twice = "+1\n+2\n+1\n"
    (command.folder / "customers.txt").write_text(twice)
    status, found, _ = command.run("--from", "customers.txt")

    assert status == 0
    check(found, range(1, 3))
    assert len(sandbox.requests) == 2


def test_a_pipe_which_may_be_endless_is_looked_up_line_by_line(command: Command, sandbox: Sandbox) -> None:
    assert command.run("--from", "-", given=b"+1\n+2\n+1\n")[0] == 0
    assert len(sandbox.requests) == 3


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


NUL = "line 1 of customers.csv has a NUL character, as UTF-16 has; save it as UTF-8"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name;phone\nJürgen;+4\n".encode("cp1252"), "customers.csv is not UTF-8; save it as UTF-8"),
        ("name;phone\n".encode("utf-16"), "customers.csv is not UTF-8; save it as UTF-8"),
        *(
            (content.encode(f"utf-16-{end}"), NUL)
            for content in ("+4\n", "name;phone\nJane;+4\n")
            for end in ("le", "be")
        ),
        (
            b'name;phone\n"' + b"x" * 200_000,
            "as CSV, after line 0: field larger than field limit",
        ),
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
    status, found, err = command.run("--from", "customers.txt")

    assert status == 3
    assert len(found) == 200
    assert err == "osvi: 3 of 200 lookups failed; to repeat them, name the file of these lines with --resume\n"
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
    status, _, err = command.run(*arguments)
    assert (status, err) == (3, "osvi: 3 of 200 lookups failed; to repeat them, run it again\n")
    assert command.run(*arguments)[0] == 0
    assert command.run(*arguments)[0] == 0

    assert len(sandbox.requests) == 203
    found = lines((command.folder / "sessions.jsonl").read_bytes())
    assert len(found) == 203
    check(list({line["customer_id"]: line for line in found}.values()), range(200))


def test_ctrl_c_with_resume_advises_to_run_it_again(command: Command, sandbox: Sandbox) -> None:
    interrupted: list[subprocess.Popen[bytes]] = []

    def interrupt(request: RecordedRequest) -> dict[str, Any]:
        if request.params["customer_id"] == "+150":
            interrupted[0].send_signal(signal.SIGINT)
        return {}

    sandbox.reply("GET /v1/chat/session/active", data=interrupt)
    arguments = ("--from", "customers.txt", "--resume", "sessions.jsonl", "--concurrency", "1")
    interrupted.append(command.start(*arguments))
    _, err = interrupted[0].communicate(timeout=30)

    assert interrupted[0].returncode == 130
    written = (command.folder / "sessions.jsonl").read_bytes().count(b"\n")
    assert err.decode() == f"osvi: stopped after {written} customers; to go on, run it again\n"


@pytest.mark.parametrize(
    ("end", "status", "message"),
    [("interrupt", 130, b"osvi: stopped after 1 customers; to go on, "), ("a wrong token", 3, b"answered 401")],
)
def test_a_command_that_ends_does_not_wait_for_the_next_line_of_its_input(
    command: Command, sandbox: Sandbox, end: str, status: int, message: bytes
) -> None:
    process = command.start("--from", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(b"+2\n")
    process.stdin.flush()
    process.stdout.readline()
    if end == "interrupt":
        process.send_signal(signal.SIGINT)
    else:
        sandbox.fail(401)
        process.stdin.write(b"+4\n")
        process.stdin.flush()

    assert process.wait(timeout=30) == status
    assert message in process.stderr.read()
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


GOOD = b'{"customer_id": "+1", "sessions": {}}\n'


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":[1,2,3],"b":{"customer_id":"+1"}}',
        b'{"customer_id":"+1","sessions":{}}',
        b'{"customer_id": "+1"}',
        b'{"customer_id": "+1", "sessions": {}}{"customer_id": "+2", "sessions": {}}',
        b'{"customer_id": "+1", "name": "Jane"}',
        b'{"customer_id": 7, "sessions": {}}',
        b'[{"customer_id": "+1", "sessions": {}}]',
        b"+15551112222",
        b"{",
        b"\xff\x00",
        GOOD + b"+15551112222",
        GOOD + b'{"customer_id": "+2", "name": "Jane"}',
        *(GOOD * 2 + line for line in (b"+2\n", b"[]\n", b'{"customer": "+2"}\n', b"\n", b"\xff\n")),
        *(b'{"customer_id": "+2", "sessions": ' + b"[" * 100_000 + end for end in (b"\n", b"")),
    ],
)
def test_a_file_that_osvi_did_not_write_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine").write_bytes(content)
    with pytest.raises(click.UsageError, match=f"mine: osvi did not write line {content.count(GOOD) + 1}"):
        _many._done(tmp_path / "mine")

    assert (tmp_path / "mine").read_bytes() == content


def test_a_new_file_is_readable_by_its_owner_alone(command: Command) -> None:
    assert command.run("--from", "-", "--resume", "new.jsonl", given=b"+1\n")[0] == 0
    assert (command.folder / "new.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["+2", 'a"\\é'])
def test_a_line_that_is_cut_off_anywhere_is_written_again(tmp_path: Path, name: str) -> None:
    done = tmp_path / "sessions.jsonl"
    for rest in ({"sessions": {"agent": {"id": "x"}}}, {"error": {"type": "ServerError", "message": "…"}}):
        line = json.dumps({"customer_id": name} | rest).encode()
        for end in range(1, len(line) + 1):
            done.write_bytes(GOOD + line[:end])
            assert _many._done(done) == {"+1"}
            assert done.read_bytes() == GOOD
        done.write_bytes(line[:20])
        assert _many._done(done) == set()
        assert done.read_bytes() == b""


@pytest.mark.parametrize("kind", ["a directory", "a device", "a pipe"])
def test_only_a_regular_file_can_be_resumed(command: Command, kind: str) -> None:
    (command.folder / "a directory").mkdir()
    os.mkfifo(command.folder / "a pipe")
    (command.folder / "a device").symlink_to("/dev/zero")
    err = command.usage_error("--from", "customers.txt", "--resume", kind)

    assert ("is a directory" if kind == "a directory" else "it is not a regular file") in err


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


def test_the_line_of_a_broken_answer_has_the_place(tmp_path: Path) -> None:
    with serving(raw_json({"success": True, "data": []})) as server:
        status, found, _ = Command(tmp_path, server.url, "0123456789abcdef").run("--from", "-", given=b"+1\n")

    assert status == 3
    assert (found[0]["error"]["type"], found[0]["error"]["pointer"]) == ("ContractError", "/data")
