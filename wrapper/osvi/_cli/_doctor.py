"""``osvi doctor``: is the API there, does it take the token, and is its answer what the spec says?"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import click
from osvi_openapi.runtime import Drift, InvalidDataError, pointer

import osvi
from osvi._cli._client import make
from osvi._core.active_sessions import read_session_map

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command(
    short_help="Examine the connection, the token and the answer.",
    epilog="Exit status: 0 all is well, 2 usage or configuration, 3 no answer or a no, 4 the answer differs.",
)
@click.option("--customer-id", default="osvi-doctor", help="Whose sessions to ask for; a made-up id shows the least.")
@click.option("--sandbox", is_flag=True, help="Examine an OSVI in memory, which needs no token.")
def doctor(customer_id: str, *, sandbox: bool) -> int:
    """Examine the connection, the token and the answer, with one request.

    Prints places and types, never a value: the report can be passed on as it is.

    \b
    Examples:
      osvi doctor
      osvi doctor --customer-id +15551112222
    """  # noqa: D301 - \b keeps click from wrapping the lines
    with make(sandbox=sandbox) as api, warnings.catch_warnings(record=True) as drift:
        warnings.simplefilter("always", osvi.SpecDriftWarning)
        try:
            sessions = api.list_active_sessions(customer_id)
        except osvi.TransportError:
            _line("no", "the API answers")
            raise
        except osvi.APIError as error:
            _line("ok", "the API answers")
            _line("no" if error.status_code in {401, 403} else "??", "the token is accepted")
            raise
        except osvi.ContractError as error:
            found = list(_differences(error))
            count = "an answer"
        else:
            found = [str(warning.message).partition(": ")[2].partition(" (openapi")[0] for warning in drift]
            count = f"{len(sessions)} session" + "s" * (len(sessions) != 1)
    _line("ok", "the API answers")
    _line("ok", "the token is accepted")
    _line("no" if found else "ok", f"{count} as openapi.yaml has it ({osvi.SPEC_SHA256})")
    for difference in found:
        click.echo(f"     {difference}")
    return 4 if found else 0


def _line(mark: str, what: str) -> None:
    click.echo(f"{mark}   {what}")


def _differences(error: osvi.ContractError) -> Iterator[str]:
    """Yield all that differs, where the client stops at the first: each is taken out before the next look."""
    yield f"{error.pointer or 'the whole body'}: expected {error.expected}, found {error.found}"
    if not error.pointer.startswith("/data/"):
        return
    data = json.loads(error.body)["data"]
    drift: Drift = []
    taken_out = {error.pointer}
    while True:
        drift.clear()
        try:
            read_session_map(data, ("data",), drift)
        except InvalidDataError as mismatch:
            if len(mismatch.path) == 1:
                return
            if mismatch.pointer not in taken_out:
                yield f"{mismatch.pointer}: expected {mismatch.expected}, found {mismatch.found}"
            taken_out.add(mismatch.pointer)
            # What must be there and is not, perhaps since it was taken out: its record goes.
            _take_out(data, mismatch.path[1:-1] if mismatch.found == "nothing" else mismatch.path[1:])
        else:
            break
    yield from (f"{pointer(path)} is {what}" for path, what in drift)


def _take_out(value: Any, path: tuple[str, ...]) -> None:
    for step in path[:-1]:
        value = value[step]
    if isinstance(value, list):
        value[int(path[-1])] = ""  # the places of those after it must not move
    else:
        del value[path[-1]]
