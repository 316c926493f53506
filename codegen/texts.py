"""The vendor's words as docstrings. They are text that anybody may have written: none of it may become code."""

import textwrap
from collections.abc import Iterable, Mapping

from openapi_python_client.strings import safe_for_docstring
from spec import Spec

WIDTH = 112


def described(schemas: Iterable[Spec], ours: str | None = None) -> str:
    """Return what the vendor says of something, or what we say, or what the vendor says of what it refers to."""
    first, *others = schemas
    texts = [first.get("description"), ours, *(one.get("description") for one in others)]
    text = next((str(one).strip() for one in texts if one), "")
    return f"Deprecated. {text}".strip() if first.get("deprecated") is True else text


def section(title: str, entries: Mapping[str, str]) -> str:
    """Return a section of a docstring, such as ``Attributes:``; nothing when it has no entries."""
    lines = [
        textwrap.indent(wrapped(f"{name}: {text or 'Nothing is said of it.'}", WIDTH - 4, "    "), "    ")
        for name, text in entries.items()
    ]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def wrapped(text: str, width: int = WIDTH, hanging: str = "") -> str:
    """Return a text in lines that are not too long."""
    lines = [
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging)
        for line in text.strip().splitlines()
    ]
    return f"\n{hanging}".join(lines)


def docstring(*parts: str, indent: int = 4) -> str:
    """Return the literal of a docstring with these paragraphs, those that are not empty."""
    text = safe_for_docstring("\n\n".join(part for part in parts if part))
    text = f'{text[:-1]}\\"' if text.endswith('"') else text
    end = "\n" if "\n" in text else ""
    return '"""' + textwrap.indent(f'{text}{end}"""', " " * indent).lstrip()
