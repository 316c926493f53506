"""Texts without what is private: the API token, secret headers, and arguments, such as phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from osvi_runtime import printable

_SHORTEST: Final = 6  # characters of a value that stands in a text by no chance; digits of a phone number
_LONGEST: Final = 200  # characters of a value that are searched for; with such a value, the rest of a text is replaced
_URL: Final = r"(?<![\w+.-])[\w+.-]++://\S+|(?<![^\s'\"(<])/\S+"  # or its path


def spellings(text: str) -> str:
    """Return a pattern of a text, plain or as JSON, HTML, a URL or a form may write it.

    Letters and digits of ASCII stand for themselves, since no encoder changes them.
    """
    return "".join(map(_spellings_of_one, text))


def _spellings_of_one(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    units = re.findall("....", character.encode("utf-16-be", "replace").hex())
    forms = [
        rf"\\{{0,3}}{re.escape(character)}",
        "".join(rf"\\{{1,3}}(?i:u{unit})" for unit in units),
        "".join(f"%(?:25){{0,2}}(?i:{byte:02x})" for byte in character.encode("utf-8", "replace")),
        f"&#(?i:0{{0,5}}{code}|x0{{0,5}}{code:x});",
        re.escape(escape(character)),
        *([r"\+"] if character == " " else []),
    ]
    return f"(?:{'|'.join(forms)})"


def redact_arguments(private: Iterable[tuple[str, str]], text: str) -> str:
    """Return a text of a server in which the values of arguments are replaced by their names."""
    for name, given in private:
        value = printable(given, len(given))  # as in the text
        if not value:  # an empty pattern would match everywhere
            continue
        bare = value.removeprefix("+")
        plus = spellings("+")
        pattern = spellings(bare[:_LONGEST]).replace(plus, f"(?:{plus}| )")  # a server may take a plus for a space
        if bare[_LONGEST:]:  # a longer pattern would take long to compile
            pattern += ".*"
        if len(bare) >= _SHORTEST:  # the first plus may be left out, or added; a few digits can be another number
            pattern = f"{plus}?{pattern}"
        elif bare != value:
            pattern = plus + pattern
        label = f"[{name}]".replace("\\", r"\\")  # a backslash in the key of a mapping would be an escape
        text = re.sub(rf"(?i)(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])", label, text)
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
