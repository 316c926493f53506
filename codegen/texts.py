"""Writes texts of the spec as names and docstrings. The texts are not trusted: none of them may become code."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from openapi_python_client.strings import PythonIdentifier, safe_for_docstring
from spec import Spec, SpecError

WIDTH = 112


def section(title: str, entries: Mapping[str, str]) -> str:
    """Return a section of a docstring, such as ``Attributes:``, without the entries that have no text."""
    lines = [wrapped(f"    {name}: {text}", "        ") for name, text in entries.items() if text]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def wrapped(text: str, hanging: str = "") -> str:
    """Return a text with its lines wrapped; ``hanging`` indents each but the first."""
    lines = [
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging)
        for line in text.splitlines()
    ]
    return f"\n{hanging}".join(lines)


def docstring(*parts: str) -> str:
    """Return the literal of a docstring with these paragraphs, without the empty ones."""
    text = safe_for_docstring("\n\n".join(part for part in parts if part))
    text = f'{text[:-1]}\\"' if text.endswith('"') else text
    end = '\n"""' if "\n" in text else '"""'
    return '"""' + textwrap.indent(text + end, "    ").lstrip()


def literal(value: Any) -> str:
    """Return a JSON value as a Python literal: text of the spec stays text."""
    return ascii(value)


def python_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return the name that the generator gives a property or a parameter, with an underscore if it is taken."""
    made = str(PythonIdentifier(name, prefix="field_"))
    return f"{made}_" if made in taken else made


def unique(names: Iterable[tuple[str, str]], what: str) -> None:
    """Refuse a name that two places would have in Python; ``names`` are pairs of a name and its place.

    Raises:
        SpecError: Two places have one name; the message has both.
    """
    places: dict[str, str] = {}
    for name, place in names:
        if places.setdefault(name, place) != place:
            raise SpecError(f"{places[name]} and {place} would both be the {what} {name}")


def description_of(node: Spec, ours: str | None = None, other: Spec | None = None) -> str:
    """Return the description of a node, or else our own, or else that of the node that it refers to."""
    text = str(node.get("description") or ours or (other or {}).get("description") or "").strip()
    return f"Deprecated. {text}".strip() if node.get("deprecated") is True else text
