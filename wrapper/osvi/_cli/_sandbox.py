"""``osvi sandbox``: an OSVI in memory on a port, for programs in any language."""

from __future__ import annotations

import signal
import threading

import click

import osvi


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def sandbox(port: int, host: str) -> int:
    """Serve an OSVI in memory until it is interrupted.

    It knows the example session of openapi.yaml. Prints what a client needs, as lines for a shell.

    \b
    Examples:
      osvi sandbox
      osvi sandbox --port 0 --host 0.0.0.0
    """  # noqa: D301 - \b keeps click from wrapping the lines
    in_memory = osvi.testing.Sandbox()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        with in_memory.serve(host=host, port=port) as base_url:
            click.echo(f"export OSVI_BASE_URL={base_url}")
            click.echo(f"export OSVI_API_TOKEN={in_memory.token}")
            click.echo(f"# an active session: customer {in_memory.customer_id}, agent {in_memory.agent_uuid}")
            stop.wait()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return 0
