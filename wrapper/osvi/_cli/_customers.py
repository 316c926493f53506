"""The customers of ``osvi active --from``: a file or standard input, with a customer id in each line, or CSV."""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


def customers(source: str, column: str | None) -> Iterator[str]:
    """Yield the customer ids of a file, or of standard input (``-``). Blank lines and values are skipped.

    Raises:
        UsageError: The file cannot be read, is CSV and lacks the column, or has shortened numbers.
    """
    name = "standard input" if source == "-" else source
    try:
        # utf-8-sig and newline: Excel begins a file with a byte order mark, and a quoted field may hold a line break.
        with open(0 if source == "-" else source, encoding="utf-8-sig", newline="", closefd=source != "-") as file:
            for number, customer in enumerate(_ids(file, name, column), 1):
                if re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", customer):
                    raise click.UsageError(
                        f"customer {number} of {name} is a number that a spreadsheet has shortened (as in 1.5E+10); "
                        "give its column the format of whole numbers, and save it again"
                    )
                yield customer
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
    names = rows.fieldnames or ["none"]
    # Without a header, these are the customer ids of the first line.
    is_header = not re.search(r"[\d@]", "".join(names))
    others = ", ".join(names) if is_header else f"{len(names)} columns, and the first line must have their names"
    if column is None:
        raise click.UsageError(f"{name} is CSV: choose the column of the customers with --column; there are {others}")
    if column not in (rows.fieldnames or ()):
        raise click.UsageError(f"{name} has no column {column!r}; there are {others}")
    yield from (customer for row in rows if (customer := (row[column] or "").strip()))
