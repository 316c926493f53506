"""``osvi doctor``: is the API there, does it take the token, and is its answer what the spec says?"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import click
from osvi_openapi.runtime import Drift, InvalidDataError, pointer

import osvi
from osvi._cli._client import allow_http_option, make, sandbox_option
from osvi._core.active_sessions import read_session_map

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command(
    short_help="Examine the connection, the token and the answer.",
    epilog="Exit status: 0 all is well, 2 usage or configuration, 3 an error or no answer, 4 the answer differs.",
)
@click.option("--customer-id", default="osvi-doctor", help="Whose sessions to ask for; a made-up id shows the least.")
@sandbox_option
@allow_http_option
def doctor(customer_id: str, **connection: bool) -> int:
    """Examine the connection, the token and the answer, with one request.

    Prints places and types, never a value: the report can be passed on as it is.

    \b
    Examples:
      osvi doctor
      osvi doctor --customer-id +15551112222
    """  # noqa: D301 - \b keeps click from wrapping the lines
    with make(**connection) as api, warnings.catch_warnings(record=True) as drift:
        warnings.simplefilter("always", osvi.SpecDriftWarning)
        server = _server(api)
        try:
            sessions = api.list_active_sessions(customer_id)
        except osvi.TransportError:
            click.echo(f"{server} does not answer.")
            raise
        except osvi.APIError as error:
            acceptance = "It does not accept the token." if error.status_code in {401, 403} else _UNKNOWN
            click.echo(f"{server} answers.\n{acceptance}")
            raise
        except osvi.ContractError as error:
            acceptance = "It accepts the token." if error.pointer else _UNKNOWN
            answer = "The answer"
            found = list(_differences(error))
        else:
            acceptance = "It accepts the token."
            answer = f"The answer ({len(sessions)} session{'s' * (len(sessions) != 1)})"
            found = [str(warning.message).partition(": ")[2].partition(" (openapi")[0] + "." for warning in drift]
    verdict = f"{answer} {'differs from' if found else 'agrees with'} openapi.yaml (sha256 {osvi.SPEC_SHA256[:12]})."
    click.echo("\n".join([f"{server} answers.", acceptance, verdict, *found]))
    return 4 if found else 0


_UNKNOWN = "Whether it accepts the token is not known."


def _server(api: osvi.Client) -> str:
    """Name what a client asks, and the proxy on the way there."""
    network = api._network  # noqa: SLF001 - None of a client with a transport, here that of the sandbox
    if network is None:
        return "The sandbox in memory"
    through = f", asked through {network.proxy}," if network.proxy else ""
    return f"The API at {api._base_url}{through}"  # noqa: SLF001


def _differences(broken: osvi.ContractError) -> Iterator[str]:
    """Yield all that differs, where the client stops at the first: each is taken out before the next look."""
    if not broken.pointer.startswith("/data/"):
        yield _difference(broken.pointer or "The whole body", broken.expected, broken.found)
        return
    data = json.loads(broken.body)["data"]
    taken_out: set[str] = set()
    while True:
        drift: Drift = []
        try:
            read_session_map(data, ("data",), drift)
        except InvalidDataError as error:
            if error.pointer not in taken_out:
                yield _difference(error.pointer, error.expected, error.found)
            taken_out.add(error.pointer)
            # What must be there and is not, perhaps since it was taken out: its record goes.
            _take_out(data, error.path[1:-1] if error.found == "nothing" else error.path[1:])
        else:
            yield from (f"{pointer(path)} is {what}." for path, what in drift)
            return


_ARTICLES = {"array": "an", "boolean": "a", "number": "a", "object": "an", "string": "a"}


def _difference(place: str, expected: str, found: str) -> str:
    came = "missing" if found == "nothing" else f"{_ARTICLES.get(found, '')} {found}".strip()
    text = f"{place} should be {expected}, but is {came}"
    return text if text.endswith("?") else f"{text}."


def _take_out(value: Any, path: tuple[str, ...]) -> None:
    for step in path[:-1]:
        value = value[step]
    if isinstance(value, list):
        value[int(path[-1])] = ""  # the places of those after it must not move
    else:
        del value[path[-1]]
