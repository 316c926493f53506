"""Texts without the arguments of an operation, such as phone numbers: they are replaced by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

_SHORTEST: Final = 6  # characters of a value that stands in a text by no chance; digits of a phone number
_URL: Final = r"[\w+.-]+://\S+|(?<![^\s'\"(<])/\S+"  # or its path


def redact_arguments(private: Sequence[tuple[str, str]], text: str) -> str:
    """Return a text of a server in which the values of arguments are replaced."""
    for name, value in private:
        forms = [value, quote(value, safe="")]
        if len(bare := value.lstrip("+")) >= _SHORTEST:  # a few digits can be another number
            forms.append(bare)  # a server may take the plus for a space
        if value.strip():  # an empty pattern would match everywhere
            alternatives = "|".join(map(re.escape, forms))
            # A key of a mapping may have a backslash, which would be an escape.
            replacement = f"[{name}]".replace("\\", r"\\")
            text = re.sub(rf"(?<![0-9A-Za-z])(?:{alternatives})(?![0-9A-Za-z])", replacement, text)
    return text


def redact_library_text(private: Sequence[tuple[str, str]], text: str, *, of_system: bool) -> str:
    """Return a text of a library in which the values of arguments are replaced, and its own words stay.

    Short values are replaced only within a URL. In a text of the operating system, values that are words stay too.
    """
    text = re.sub(_URL, lambda match: redact_arguments(private, match[0]), text)
    long = [
        (name, value)
        for name, value in private
        if len(value) >= _SHORTEST and not (of_system and value.replace(" ", "").isalpha())
    ]
    return redact_arguments(long, text)
