"""``osvi active``: the sessions of one customer, as a table or as JSON. `_many` looks up many customers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click
from osvi_runtime.texts import printable

from osvi._cli._client import allow_http_option, make_client, sandbox_option
from osvi._cli._many import many_customers
from osvi._cli._output import json_text, print_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    import osvi


_FILE = click.Path(dir_okay=False)
_COLUMNS: Final = ("Agent and session", "Status", "Answered by", "Updated")


@click.command(
    epilog="Exit status: 0 active session, 1 no active session, 2 usage or configuration, 3 error or no answer, "
    "4 bad answer, 5 the output cannot be written, 6 a fault of osvi. With --from: 0 all looked up, 3 some failed."
)
@click.argument("customer_id", required=False)
@click.option("--agent-uuid", metavar="UUID", help="Only the session with this agent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an object of agent UUID to session.")
@click.option("--from", "source", type=_FILE, help="Look up all customers of a list or CSV; - is stdin.")
@click.option("--column", metavar="NAME", help="The column of a CSV that has the customers.")
@click.option("--resume", type=_FILE, help="Append to FILE the customers that it lacks or that failed.")
@click.option("--concurrency", metavar="N", type=click.IntRange(1, 1000), default=50, help="Lookups at a time (50).")
@sandbox_option
@allow_http_option
def active(  # noqa: PLR0913 - a parameter for each option
    customer_id: str | None,
    agent_uuid: str | None,
    source: str | None,
    column: str | None,
    resume: str | None,
    *,
    as_json: bool,
    concurrency: int,
    **connection: bool,
) -> int:
    """Show the active sessions of a customer, or of many.

    \b
    Examples:
      osvi active +15551112222 --sandbox
      osvi active --from customers.csv --column phone > sessions.jsonl
    """  # noqa: D301 - \b keeps click from wrapping the lines
    if source is not None:
        if customer_id is not None or agent_uuid is not None:
            raise click.UsageError("--from goes with neither CUSTOMER_ID nor --agent-uuid")
        return many_customers(source, column=column, concurrency=concurrency, resume=resume, **connection)
    if customer_id is None:
        raise click.UsageError("Missing argument 'CUSTOMER_ID' (or --from FILE)")
    if column is not None or resume is not None:
        raise click.UsageError("--column and --resume go with --from")
    return _one_customer(customer_id, agent_uuid, as_json=as_json, **connection)


def _one_customer(customer_id: str, agent_uuid: str | None, *, as_json: bool, **connection: bool) -> int:
    with make_client(**connection) as api:
        if agent_uuid is None:
            sessions = api.list_active_sessions(customer_id)
        else:
            found = api.find_active_session(customer_id, agent_uuid=agent_uuid)
            sessions = {} if found is None else {agent_uuid: found}
    if as_json:
        records = {uuid: session.to_dict() for uuid, session in sessions.items()}
        click.echo(json_text(records))
    elif sessions:
        _print_table(sessions)
    else:
        print_error("No active session.")
    return 0 if sessions else 1


def _print_table(sessions: Mapping[str, osvi.ChatSession]) -> None:
    """Print a row for each session, or a block of lines if the terminal is too narrow for the rows."""
    from rich.console import Console  # noqa: PLC0415 - takes as long as all other imports, and --json needs no rich
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    rows = []
    for agent_uuid, session in sessions.items():
        is_human = session.mode == "support" or session.active_human is not None
        mode = session.mode or "unknown"
        who = printable(session.active_human or {"ai": "the agent", "support": "a human"}.get(mode, mode))
        ids = Text(printable(agent_uuid)).append(f"\n{printable(session.id or 'no id')}", style="dim")
        status = Text(printable(session.status or "unknown"))
        status.append("\nhelp asked" if session.help_requested else "", style="red")
        rows.append((ids, status, Text(who, style="bold yellow" if is_human else ""), Text(_age(session.updated_at))))
    table = Table(box=None, pad_edge=False)
    # Ids are not cut, so that they can be copied. The address of an operator may take several lines.
    for name in _COLUMNS:
        table.add_column(name, no_wrap=name != "Answered by", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console()
    with console.capture() as printed:
        console.print(table)
    if "Answered by" in printed.get():  # where the rows do not fit, this is folded first
        console.print(table)
        return
    for ids, *others in rows:
        console.print(ids, soft_wrap=True)
        for name, text in zip(_COLUMNS[1:], others, strict=True):
            console.print(f"{name}:", Text(", ").join(text.split("\n")), soft_wrap=True)
        console.print()


def _age(time: datetime | None) -> str:
    """Return the age of a timestamp, and on a second line the timestamp in the local time zone."""
    if time is None:
        return "unknown"
    seconds = (datetime.now(UTC) - time).total_seconds()
    units = ((86400, "days"), (3600, "hours"), (60, "minutes"))
    length, name = next((unit for unit in units if seconds >= 2 * unit[0]), (1, "seconds"))
    age = f"{seconds // length:.0f} {name} ago" if seconds >= 0 else "in the future"
    with suppress(OverflowError, ValueError):  # near the year 1, which some servers send for "never"
        time = time.astimezone()
    return f"{age}\n{time:%Y-%m-%d %H:%M}"
