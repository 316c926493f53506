"""``osvi sandbox``: the sandbox, served on a port for programs in any language."""

from __future__ import annotations

import shlex
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

import click
from osvi_openapi.operations import get_v1_chat_session_active
from osvi_openapi.spec import TOKEN_HEADER

from osvi.testing import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osvi._transport.mock import Received, Reply


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 for other machines.")
def sandbox(port: int, host: str) -> None:
    """Serve an OSVI in memory until it is interrupted.

    It has the example session of openapi.yaml. The settings of a client are printed to standard output, as lines for a
    shell. The method, the path and the status of each request are printed to standard error.

    \b
    Examples:
      osvi sandbox
      osvi sandbox --port 0 --host 0.0.0.0
    """  # noqa: D301 - \b keeps click from wrapping the lines
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    in_memory = _LoggingSandbox()
    try:
        with in_memory.serve(host=host, port=port) as base_url:
            click.echo("\n".join(_introduction(in_memory, base_url, host)))
            click.echo("Each request follows, without its query and token. Ctrl-C ends the sandbox.", err=True)
            while True:
                time.sleep(3600)  # on Windows too, Ctrl-C interrupts it, unlike Event.wait()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from None


def _introduction(in_memory: Sandbox, base_url: str, host: str) -> Iterator[str]:
    """Yield the settings of a client, as lines that a shell can evaluate."""
    yield f"export OSVI_BASE_URL={base_url}"
    yield f"export OSVI_API_TOKEN={in_memory.token}"
    if host not in {"127.0.0.1", "localhost"}:
        yield "export OSVI_ALLOW_HTTP=1"
    if host not in base_url:
        yield f"# elsewhere, put the name of this machine ({socket.gethostname()}) in place of 127.0.0.1"
    yield f"# customer {in_memory.customer_id} has a session with {in_memory.agent_uuid}"
    lookup = get_v1_chat_session_active(customer_id=in_memory.customer_id)
    curl = shlex.join(["curl", "-H", f"{TOKEN_HEADER}: {in_memory.token}", f"{base_url}{lookup.url}"])
    # On a terminal, a person can paste the line. A shell that evaluates the lines must not send a request.
    yield curl if sys.stdout.isatty() else f"# {curl}"


class _LoggingSandbox(Sandbox):
    def receive(self, received: Received) -> Reply:
        reply = super().receive(received)
        click.echo(f"{received.method} {received.target.partition('?')[0]} {reply.status}", err=True)
        return reply
