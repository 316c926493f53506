"""The vendor's words as names and docstrings. Anybody may have written them: none of them may become code."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from openapi_python_client.strings import PythonIdentifier, safe_for_docstring
from spec import Spec, SpecError

WIDTH = 112


def section(title: str, entries: Mapping[str, str]) -> str:
    """Return a section of a docstring, such as ``Attributes:``, with the entries of which something is said."""
    lines = [wrapped(f"    {name}: {text}", "        ") for name, text in entries.items() if text]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def wrapped(text: str, hanging: str = "") -> str:
    """Return a text in lines that are not too long."""
    lines = [
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging)
        for line in text.splitlines()
    ]
    return f"\n{hanging}".join(lines)


def docstring(*parts: str) -> str:
    """Return the literal of a docstring with these paragraphs, those that are not empty."""
    text = safe_for_docstring("\n\n".join(part for part in parts if part))
    text = f'{text[:-1]}\\"' if text.endswith('"') else text
    end = '\n"""' if "\n" in text else '"""'
    return '"""' + textwrap.indent(text + end, "    ").lstrip()


def literal(value: Any) -> str:
    """Return a JSON value as Python code: text of the spec stays text."""
    return ascii(value)


def python_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return what the generator calls a property or a parameter; with an underscore where that name is taken."""
    made = str(PythonIdentifier(name, prefix="field_"))
    return f"{made}_" if made in taken else made


def unique(names: Iterable[tuple[str, str]], what: str) -> None:
    """Refuse two places that get one name in Python.

    Raises:
        SpecError: with both places.
    """
    places: dict[str, str] = {}
    for name, place in names:
        if name in places:
            raise SpecError(f"{places[name]} and {place} would both be the {what} {name}")
        places[name] = place


def said_of(node: Spec, ours: str | None = None, other: Spec | None = None) -> str:
    """Return what the vendor says of something, or what we say, or what the vendor says of what it refers to."""
    text = str(node.get("description") or ours or (other or {}).get("description") or "").strip()
    return f"Deprecated. {text}".strip() if node.get("deprecated") is True else text
