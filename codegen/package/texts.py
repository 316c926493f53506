"""Writes texts of the spec as names, literals and docstrings. The texts are not trusted, and must not become code."""

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from openapi_python_client.strings import safe_for_docstring

from codegen.document.reading import Node

WIDTH = 112


def section(title: str, entries: Mapping[str, str]) -> str:
    """Return a section of a docstring, such as ``Attributes:``. Entries without a text are left out."""
    lines = [wrapped(f"    {name}: {text}", "        ") for name, text in entries.items() if text]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def wrapped(text: str, hanging: str = "") -> str:
    """Return a text with its lines wrapped. ``hanging`` is the indent of all lines except the first."""
    lines = [
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging)
        for line in text.splitlines()
    ]
    return f"\n{hanging}".join(lines)


def docstring(*parts: str) -> str:
    """Return the literal of a docstring with these paragraphs. Empty paragraphs are left out."""
    text = safe_for_docstring("".join(map(_shown, "\n\n".join(part for part in parts if part))))
    text = re.sub(r'(?<!\\)((?:\\\\)*)"\Z', r'\1\\"', text)  # a quote at the end, unless it is escaped
    end = '\n"""' if "\n" in text else '"""'
    return '"""' + textwrap.indent(text + end, "    ").lstrip()


def _shown(character: str) -> str:
    """Return a character, without what changes the direction of a text, or moves where an editor shows its end."""
    is_shown = character.isprintable() or character in "\n\t"
    return character if is_shown else " " if character.isspace() else ""


def literal(value: Any) -> str:
    """Return a JSON value as a Python literal, so that a text of the spec cannot become code."""
    return ascii(value)


def description_of(node: Node, wording: str | None = None, target: Node | None = None) -> str:
    """Return the description of a node, or else of ``wording.yaml``, or else of the target of its ``$ref``."""
    text = str(node.get("description") or wording or (target or {}).get("description") or "").strip()
    return f"Deprecated. {text}".strip() if node.get("deprecated") is True else text
