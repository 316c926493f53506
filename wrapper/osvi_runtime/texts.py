"""Texts from outside, for a person or a log."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 500  # characters


def printable(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, without what is not printable, cut to a number of characters.

    White space becomes one space. Control characters, and those that change the direction of a text, are left out.
    """
    words = " ".join(text.split())
    return "".join(character for character in words if character.isprintable())[:longest]
