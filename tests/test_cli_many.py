"""``osvi active --from``: one line for each customer, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from osvi.testing import Sandbox
from support import raw_json, serving


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


def test_customers_come_from_the_input_too(command: Command) -> None:
    status, found, _ = command.run("--from", "-", given=b"+1\n\n +2 \r\n+3")

    assert status == 0
    check(found, range(1, 4))


def test_customers_come_from_a_column(command: Command) -> None:
    csv = '\ufeffname,phone\n"Doe, Jane",+4\nJohn,+5\nnobody,\n'
    (command.folder / "customers.csv").write_text(csv, encoding="utf-8")
    status, found, _ = command.run("--from", "customers.csv", "--column", "phone")
    assert status == 0
    check(found, range(4, 6))

    status, found, err = command.run("--from", "customers.csv", "--column", "mobile")
    assert (status, found) == (2, [])
    assert "no column 'mobile'; there are name, phone" in err


def test_a_customer_that_fails_has_a_line_with_the_error(command: Command, sandbox: Sandbox) -> None:
    sandbox.fail(403, body={"success": False, "error": "forbidden"}, times=3)
    status, found, _ = command.run("--from", "customers.txt")

    assert status == 3
    assert len(found) == 200
    errors = [line["error"] for line in found if "error" in line]
    assert [(error["type"], error["status_code"], error["code"]) for error in errors] == [
        ("PermissionDeniedError", 403, "forbidden")
    ] * 3


def test_a_wrong_token_stops_it_at_once(command: Command) -> None:
    command.environment["OSVI_API_TOKEN"] = "wrong-token-0000"
    status, found, err = command.run("--from", "customers.txt")

    assert (status, found) == (3, [])
    assert len(err.splitlines()) == 1
    assert "answered 401" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "no-such-file"], "cannot read no-such-file: No such file or directory"),
        (["--from", "customers.txt", "+1"], "--from goes with neither CUSTOMER_ID nor --agent-uuid"),
        (["+1", "--resume", "x"], "--column and --resume go with --from"),
        (["--from", "customers.txt", "--resume", "customers.txt"], "cannot resume from customers.txt"),
        (["--from", "customers.txt", "--concurrency", "0"], "'--concurrency': 0 is not in the range"),
    ],
)
def test_usage_is_status_2(command: Command, arguments: list[str], said: str) -> None:
    before = (command.folder / "customers.txt").read_bytes()
    status, found, err = command.run(*arguments)

    assert (status, found) == (2, [])
    assert said in err
    assert len(err.splitlines()) == 1
    assert (command.folder / "customers.txt").read_bytes() == before


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_goes_on_where_it_was_ended(command: Command, how: signal.Signals) -> None:
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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(command: Command) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        process = command.start("--from", "customers.txt", stdout=full)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 5
    assert err.decode() == (
        "osvi: cannot write after 0 customers: No space left on device; make room and go on with --resume\n"
    )


def test_a_reader_that_has_seen_enough_ends_it_quietly(command: Command) -> None:
    process = command.start("--from", "customers.txt")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()

    assert (process.wait(timeout=30), said) == (141, b"")


def test_a_pipe_that_keeps_one_waiting_does_not_keep_the_answers(command: Command) -> None:
    process = command.start("--from", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"+2\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["customer_id"] == "+2"
    process.communicate(timeout=30)


def test_the_sandbox_will_do(command: Command) -> None:
    command.environment["OSVI_BASE_URL"] = "http://elsewhere.invalid"
    status, found, _ = command.run("--from", "customers.txt", "--sandbox")

    assert status == 0
    assert all(line["sessions"] == {} for line in found)


def test_a_bad_answer_has_its_place_in_the_line(tmp_path: Path) -> None:
    with serving(raw_json({"success": True, "data": []})) as server:
        status, found, _ = Command(tmp_path, server.url, "0123456789abcdef").run("--from", "-", given=b"+1\n")

    assert status == 3
    assert (found[0]["error"]["type"], found[0]["error"]["pointer"]) == ("ContractError", "/data")
