"""The command group, and the exit status of each outcome.

0  there is an active session        3  the API answered with an error, or no answer arrived
1  there is no active session        4  the answer breaks the spec
2  usage or configuration            5  the output cannot be written
                                     6  a fault of this program
"""

from __future__ import annotations

import platform
import sys
import traceback
import warnings
from importlib import metadata

import click

import osvi
from osvi._cli._active import active
from osvi._cli._doctor import doctor
from osvi._cli._output import discard, prepare_streams, print_error
from osvi._cli._sandbox import sandbox

VERSION = (
    f"osvi {osvi.__version__}\nopenapi.yaml sha256 {osvi.SPEC_SHA256}\n"
    f"Python {platform.python_version()}, httpx {metadata.version('httpx')}"
)


@click.group(commands=[active, doctor, sandbox], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(osvi.__version__, message=VERSION)
@click.option("--debug", is_flag=True, help="Print the traceback of a fault of osvi (exit status 6).")
def app(**_: bool) -> None:
    """Look up active chat sessions on OSVI.

    The API token is read from OSVI_API_TOKEN; OSVI_BASE_URL names another server. With --sandbox, a command asks an
    OSVI in memory, which needs neither.

    \b
    Examples:
      osvi active +15551112222 --sandbox
      osvi active --from customers.txt > sessions.jsonl
      osvi doctor
      eval "$(_OSVI_COMPLETE=bash_source osvi)"  # completion; also zsh, fish
    """  # noqa: D301 - \b keeps click from wrapping the lines


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status. An error or a warning is one line on standard error."""
    prepare_streams()
    warnings.showwarning = lambda message, *_: print_error(f"osvi: warning: {message}")
    try:
        return int(app.main(arguments or ["--help"], prog_name="osvi", standalone_mode=False) or 0)
    except (click.UsageError, osvi.OSVIError, osvi.SpecDriftWarning) as error:
        status, text = _status_and_text(error)
        print_error(f"osvi: {text}")
        return status
    except click.Abort:
        return 130
    except OSError as error:
        if error.filename is not None:  # such as a data file that a bundle lacks; a stream has no name
            print_error(f"osvi: cannot open {error.filename}: {error.strerror}")
            return 2
        discard(sys.stdout)
        print_error(f"osvi: cannot write the output: {error.strerror}")
        return 5
    except SystemExit as error:
        # click exits with 1 if the reader of the output has gone, but 1 means that there is no active session.
        return 141 if error.code else 0
    except Exception as error:  # noqa: BLE001 - Python would exit with 1
        if "--debug" in arguments:
            traceback.print_exc()
        print_error(f"osvi: {type(error).__name__}: {error}. This is a fault of osvi: report what osvi --debug prints")
        return 6


def _status_and_text(error: click.UsageError | osvi.OSVIError | osvi.SpecDriftWarning) -> tuple[int, str]:
    match error:
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "osvi"
            return 2, f"{error.format_message().rstrip('.')}; see {command} --help"
        case osvi.ConfigurationError():
            text = str(error).replace("allow_http=True permits", "--allow-http or OSVI_ALLOW_HTTP=1 permits")
            return 2, text.replace("pass one to the client", "try --sandbox")
        case osvi.ContractError():
            # A body that is not a JSON object is not from the API, so an update of osvi would not help.
            return 4, f"{error}. Update osvi, or report this line" if error.pointer else str(error)
        case osvi.TransportError():
            return 3, f"{error}. Check the network, the proxy and OSVI_BASE_URL"
        case osvi.SpecDriftWarning():  # which a filter of warnings has made an error
            return 4, str(error)
        case _:
            return 3, str(error)
