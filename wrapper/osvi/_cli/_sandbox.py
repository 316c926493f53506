"""``osvi sandbox``: the sandbox, served on a port for programs in any language."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
from osvi_openapi.operations import get_v1_chat_session_active
from osvi_openapi.spec import TOKEN_HEADER

from osvi._cli._output import print_error
from osvi.testing import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from osvi._transport.mock import Received, Reply


@click.command(
    epilog="Exit status: that of COMMAND, without it 0 after Ctrl-C; 2 usage, also a port in use or a COMMAND that "
    "cannot be run; 5 the output cannot be written."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 for other machines.")
@click.argument("command", nargs=-1, metavar="[-- COMMAND]")
def sandbox(port: int, host: str, command: tuple[str, ...]) -> int:
    """Serve an OSVI in memory.

    It has the example session of openapi.yaml, and ends with COMMAND, or else with Ctrl-C. The settings of a client are
    in the environment of COMMAND, or else printed to standard output as lines for a shell. The method, the path and the
    status of each request are printed to standard error.

    \b
    Examples:
      osvi sandbox
      osvi sandbox --port 0 -- pytest
    """  # noqa: D301 - \b keeps click from wrapping the lines
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    in_memory = _LoggingSandbox()
    with ExitStack() as stack:
        try:
            base_url = stack.enter_context(in_memory.serve(host=host, port=port))
        except OSError as error:
            raise click.UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from None
        settings = {"OSVI_BASE_URL": base_url, "OSVI_API_TOKEN": in_memory.token}
        if host not in {"127.0.0.1", "localhost"}:
            settings["OSVI_ALLOW_HTTP"] = "1"
        if command:
            return _run(command, settings)
        try:
            click.echo("\n".join(_introduction(in_memory, settings, host)))
            print_error("Each request follows, without its query and token. Ctrl-C ends the sandbox.")
            while True:
                time.sleep(3600)  # on Windows too, Ctrl-C interrupts it, unlike Event.wait()
        except KeyboardInterrupt:
            return 0


def _run(command: tuple[str, ...], settings: Mapping[str, str]) -> int:
    """Run a command with the settings in its environment, and return its exit status as a shell does."""
    # Ctrl-C is for the command, which gets it too. A handler is not inherited, unlike SIG_IGN.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        status = subprocess.run(command, check=False, env=os.environ | settings).returncode  # noqa: S603 - that of the user
    except OSError as error:
        raise click.UsageError(f"cannot run {command[0]}: {error.strerror}") from None
    return 128 - status if status < 0 else status


def _introduction(in_memory: Sandbox, settings: Mapping[str, str], host: str) -> Iterator[str]:
    """Yield the settings of a client, as lines that a shell can evaluate."""
    yield from (f"export {name}={value}" for name, value in settings.items())
    base_url = settings["OSVI_BASE_URL"]
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
        print_error(f"{received.method} {received.target.partition('?')[0]} {reply.status}")
        return reply
