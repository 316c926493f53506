"""The commands on the sandbox: each finds in ``openapi.yaml`` what it uses, and the table keeps its columns."""

import signal
import time
import traceback
from pathlib import Path

import pytest

WRAPPER = Path(__file__).resolve().parents[2] / "wrapper"


def interrupt(_: float) -> None:
    raise KeyboardInterrupt


def problem(error: Exception) -> str:
    """Return what is gone from the spec, and the line that uses it."""
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, AttributeError):
        what = f"`{type(error.obj).__name__}.{error.name}` is gone"
    frames = traceback.extract_tb(error.__traceback__)
    place = [frame for frame in frames if Path(frame.filename).is_relative_to(WRAPPER)][-1]
    return f"{what}; see {Path(place.filename).relative_to(WRAPPER.parent)}, line {place.lineno}"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("active CUSTOMER --sandbox", "Agent and session, Status, Answered by, Updated, AGENT"),
        ("active CUSTOMER --sandbox --json", "AGENT"),
        ("active CUSTOMER --sandbox --json --agent-uuid AGENT", "AGENT"),
        ("active --from customers.txt --sandbox", "CUSTOMER, AGENT"),
        ("doctor --customer-id CUSTOMER --sandbox", "The answer (1 session) agrees with openapi.yaml"),
        ("sandbox --port 0", "CUSTOMER, AGENT"),
    ],
)
def test_a_command_finds_what_it_uses(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the handlers of pytest stay
    monkeypatch.setattr(time, "sleep", interrupt)  # ends `osvi sandbox`
    try:
        # The wrapper may be unable to import what the spec no longer has.
        from osvi._cli._app import app  # noqa: PLC0415
        from osvi.testing import Sandbox  # noqa: PLC0415

        names = {"CUSTOMER": Sandbox().customer_id, "AGENT": Sandbox().agent_uuid}
        Path("customers.txt").write_text(names["CUSTOMER"], encoding="utf-8")
        status = app.main([names.get(word, word) for word in command.split()], standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - told in the words of the spec
        pytest.fail(f"`osvi {command}` no longer works with openapi.yaml: {problem(error)}", pytrace=False)

    output = capsys.readouterr()
    assert not status, output.err
    assert [text for text in shown.split(", ") if names.get(text, text) not in output.out] == []
