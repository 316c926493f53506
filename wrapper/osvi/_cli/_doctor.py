"""``osvi doctor``: whether the API answers, accepts the token, and answers as the spec says."""

from __future__ import annotations

import re
import warnings

import click

import osvi
from osvi._cli._client import allow_http_option, make_client, sandbox_option
from osvi._core.answers import HTML_PAGE

_UNKNOWN = "Whether it accepts the token is not known."
# What a warning of drift has around the difference: the operation, and the spec.
_FRAME = re.compile(r"^[A-Z]+ \S+: | \(openapi\.yaml sha256 \w+\)$")
# What `ContractError.found` is after "but is", unless it is the same.
_FOUND = {
    "array": "an array",
    "boolean": "a boolean",
    "no value": "missing",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


@click.command(
    short_help="Examine the connection, the token and the answer.",
    epilog="Exit status: 0 all is well, 2 usage or configuration, 3 an error or no answer, 4 the answer differs, "
    "5 the output cannot be written.",
)
@click.option("--customer-id", default="osvi-doctor", help="Whose sessions to ask for; a made-up id shows the least.")
@sandbox_option
@allow_http_option
def doctor(customer_id: str, **connection: bool) -> int:
    """Examine the connection, the token and the answer, with one lookup.

    The report ends at the first value that cannot be read. It has places and types, never a value, and can be passed on
    as it is.

    \b
    Examples:
      osvi doctor
      osvi doctor --customer-id +15551112222
    """  # noqa: D301 - \b keeps click from wrapping the lines
    with make_client(**connection) as api:
        server, token = _server(api), "It accepts the token."
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", osvi.SpecDriftWarning)
                sessions = len(api.list_active_sessions(customer_id))
            answer, end = f"The answer ({sessions} session{'s' * (sessions != 1)})", "."
            differences = [_FRAME.sub("", str(warning.message)) + "." for warning in caught]
        except osvi.TransportError:
            click.echo(f"{server} does not answer.")
            raise
        except osvi.APIError as error:
            # A page is that of a firewall or a gateway, which knows nothing of the token.
            is_refused = error.status_code in {401, 403} and HTML_PAGE not in error.message
            click.echo(f"{server} answers.\n{'It does not accept the token.' if is_refused else _UNKNOWN}")
            raise
        except osvi.ContractError as error:
            answer, differences, end = "The answer", [_difference(error)], ". The first value that cannot be read:"
            if not error.pointer:  # a body that is not a JSON object is not from the API
                token = _UNKNOWN
    verdict = f"{'differs from' if differences else 'agrees with'} openapi.yaml (sha256 {osvi.SPEC_SHA256[:12]}){end}"
    click.echo("\n".join([f"{server} answers.", token, f"{answer} {verdict}", *differences]))
    return 4 if differences else 0


def _server(api: osvi.Client) -> str:
    """Return the name of the server of a client, and of the proxy if there is one."""
    network = api._pool.current.network  # noqa: SLF001 - None for a client with a transport, here that of the sandbox
    if network is None:
        return "The sandbox in memory"
    proxy = f", asked through {network.proxy_name}," if network.proxy_name else ""
    return f"The API at {api._base_url}{proxy}"  # noqa: SLF001


def _difference(error: osvi.ContractError) -> str:
    found = _FOUND.get(error.found, error.found)
    text = f"{error.pointer or 'The whole body'} should be {error.expected}, but is {found}"
    return text if text.endswith("?") else f"{text}."
