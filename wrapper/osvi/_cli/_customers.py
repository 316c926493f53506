"""The customers of ``osvi active --from``: a file or standard input, with a customer id in each line, or CSV."""

from __future__ import annotations

import csv
from itertools import chain
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


def customers(source: str, column: str | None) -> Iterator[str]:
    """Yield the customer ids of a file, or of standard input (``-``). Blank lines and values are skipped.

    Raises:
        UsageError: The file cannot be read, or it is CSV and the column is missing.
    """
    name = "standard input" if source == "-" else source
    try:
        # utf-8-sig and newline: Excel begins a file with a byte order mark, and a quoted field may hold a line break.
        with open(0 if source == "-" else source, encoding="utf-8-sig", newline="", closefd=source != "-") as file:
            yield from _ids(file, name, column)
    except OSError as error:
        raise click.UsageError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{name} is not UTF-8; save it as UTF-8 (in Excel: CSV UTF-8)") from None
    except csv.Error as error:
        raise click.UsageError(f"cannot read {name} as CSV: {error}") from None


def _ids(file: IO[str], name: str, column: str | None) -> Iterator[str]:
    first = next((line for line in file if line.strip()), "")
    lines = chain([first], file)
    # In countries where the comma is the decimal sign, Excel separates columns by semicolons.
    columns = {delimiter: len(next(csv.reader([first], delimiter=delimiter))) for delimiter in ",;\t"}
    delimiter = max(columns, key=columns.__getitem__)
    is_csv = columns[delimiter] > 1 or name.lower().endswith((".csv", ".tsv"))
    if column is None and not is_csv:
        yield from filter(None, map(str.strip, lines))
        return
    rows = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True)
    choice = f"there are {', '.join(rows.fieldnames or ['none'])}"
    if column is None:
        raise click.UsageError(f"{name} is CSV: choose the column of the customers with --column; {choice}")
    if column not in (rows.fieldnames or ()):
        raise click.UsageError(f"{name} has no column {column!r}; {choice}")
    yield from (customer for row in rows if (customer := (row[column] or "").strip()))
