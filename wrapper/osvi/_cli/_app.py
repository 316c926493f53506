"""The command group, and what every command shares: the client, and the exit status of each outcome.

0  there is an active session        3  the API gave an error, or no answer
1  there is none                     4  the answer breaks the spec
2  usage or configuration            5  the output cannot be written
"""

from __future__ import annotations

import platform
import sys
import warnings
from importlib import metadata

import click

import osvi
from osvi._cli._active import active
from osvi._cli._doctor import doctor
from osvi._cli._sandbox import sandbox

VERSION = (
    f"osvi {osvi.__version__}\nopenapi.yaml sha256 {osvi.SPEC_SHA256}\n"
    f"Python {platform.python_version()}, httpx {metadata.version('httpx')}"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(osvi.__version__, message=VERSION)
def app() -> None:
    """Look up active chat sessions on OSVI.

    The API token is read from OSVI_API_TOKEN; OSVI_BASE_URL names another server. With --sandbox, a command asks an
    OSVI in memory, which needs neither.

    \b
    Examples:
      osvi active +15551112222 --sandbox
      osvi active --from customers.txt > sessions.jsonl
      osvi doctor
      eval "$(_OSVI_COMPLETE=bash_source osvi)"  # completion; zsh, fish likewise
    """  # noqa: D301 - \b keeps click from wrapping the lines


app.add_command(active)
app.add_command(doctor)
app.add_command(sandbox)


def run(arguments: list[str]) -> int:
    """Run the command line; return its exit status. Whatever goes wrong is one line on standard error."""
    # This process is ours, so its warnings are told in our words.
    warnings.showwarning = lambda message, *_: _say(f"warning: {message}")
    try:
        status = app.main(arguments or ["--help"], prog_name="osvi", standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "osvi"
        return _fail(2, f"{error.format_message().rstrip('.')}; see {command} --help")
    except click.ClickException as error:
        return _fail(error.exit_code, error.format_message())
    except osvi.ConfigurationError as error:
        return _fail(2, str(error).replace("allow_http=True permits", "--allow-http or OSVI_ALLOW_HTTP=1 permits"))
    except osvi.ContractError as error:
        # A body that is no JSON object as a whole is not of the API, so that no new release will read it.
        return _fail(4, f"{error}. Update osvi, or report this line" if error.pointer else str(error))
    except osvi.TransportError as error:
        return _fail(3, f"{error}. Check the network, the proxy and OSVI_BASE_URL")
    except osvi.OSVIError as error:
        return _fail(3, str(error))
    except (KeyboardInterrupt, click.Abort):
        return 130
    except SystemExit:
        # click ends this way when the reader of the output has gone; its own status would mean that there is none.
        return 141
    return int(status or 0)


def _fail(status: int, text: str) -> int:
    _say(text)
    return status


def _say(text: str) -> None:
    # Not by click.echo, which writes past the bar that holds sys.stderr, into the middle of it.
    sys.stderr.write(f"osvi: {' '.join(text.split())}\n")
