"""The vendor's words as docstrings. They are text that anybody may have written: none of it may become code."""

import textwrap
from collections.abc import Mapping
from typing import Any

from openapi_python_client.strings import safe_for_docstring

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
