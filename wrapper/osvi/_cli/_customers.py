"""The customers of ``osvi active --from``: a file or standard input, with a customer id in each line, or CSV."""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

# What an id cannot be, and what to do about it. The id itself is not shown.
_PROBLEMS: Final = (
    (
        re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+"),
        "is a number that a spreadsheet has shortened (as in 1.5E+10)",
        "give its column the format of whole numbers, and save it again",
    ),
    (re.compile(r"""(["']).*\1,?"""), "is in quotes", "leave them out (with jq: jq -r)"),
    (
        re.compile(r"(?s).*[\x00-\x1f\x7f-\x9f\u2028\u2029].*"),
        "has a line break or a control character",
        "remove it, or close the quote",
    ),
)


def customers(source: str, column: str | None) -> Iterator[str]:
    """Yield the customer ids of a file, or of standard input (``-``). Blank lines and values are skipped.

    Raises:
        UsageError: The file cannot be read, is CSV and lacks the column, or has a line that is not an id.
    """
    name = "standard input" if source == "-" else source
    line = start = 0

    def lines() -> Iterator[str]:
        nonlocal line
        for line, text in enumerate(file, 1):
            if "\0" in text:
                problem = f"line {line} of {name} has a NUL character, as UTF-16 has"
                raise click.UsageError(f"{problem}; save it as UTF-8 (in Excel: CSV UTF-8)")
            yield text

    try:
        # utf-8-sig and newline: Excel begins a file with a byte order mark, and a quoted field may hold a line break.
        with open(0 if source == "-" else source, encoding="utf-8-sig", newline="", closefd=source != "-") as file:
            ids = filter(None, map(str.strip, _ids(lines(), name, column)))
            for number, customer in enumerate(ids, 1):
                for form, problem, cure in _PROBLEMS:
                    if form.fullmatch(customer):
                        raise click.UsageError(f"customer {number} of {name} {problem}, in line {line}; {cure}")
                start = line
                yield customer
    except OSError as error:
        raise click.UsageError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{name} is not UTF-8; save it as UTF-8 (in Excel: CSV UTF-8)") from None
    except csv.Error as error:
        problem = f"cannot read {name} as CSV, after line {start}: {error}"
        raise click.UsageError(f"{problem}; is a quote not closed?") from None


def _ids(lines: Iterator[str], name: str, column: str | None) -> Iterator[str]:
    """Yield the lines, or the values of a column of CSV."""
    first = next((line for line in lines if line.strip()), "")
    lines = chain([first], lines)
    # In countries where the comma is the decimal sign, Excel separates columns by semicolons.
    columns = {delimiter: len(next(csv.reader([first], delimiter=delimiter))) for delimiter in ",;\t"}
    delimiter = max(columns, key=columns.__getitem__)
    is_csv = columns[delimiter] > 1 or name.lower().endswith((".csv", ".tsv"))
    if column is None and not is_csv:
        yield from lines
        return
    rows = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    names = rows.fieldnames or []
    others = ", ".join(names) or "none"
    if re.search(r"[\d@]", others):  # there is no header, and these are the customer ids of the first line
        others = f"{len(names)} columns, and the first line must have their names"
    if column is None:
        raise click.UsageError(f"{name} is CSV: choose the column of the customers with --column; there are {others}")
    if column not in names:
        raise click.UsageError(f"{name} has no column {column!r}; there are {others}")
    yield from (row[column] or "" for row in rows)
