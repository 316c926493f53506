"""What happens where a JSON value differs from the spec and can still be used."""

from __future__ import annotations

import math
import time
from typing import Final

from .errors import Entry, InvalidDataError, Path, pointer

UNKNOWN_FIELD: Final = "a field that the spec does not know"
UNLISTED: Final = "a value that the spec does not list"
FORBIDDEN_NULL: Final = "null, which the spec does not allow here"

_MOST: Final = 10


class Drift:
    """The differences of an answer from the spec that leave it usable.

    A difference is told once for all entries of a map or an array, whose key or index is ``*`` in its place. After the
    first ten, differences are only counted: what is kept does not grow with the answer.

    Args:
        deadline: When the answer must have been read, as `time.monotonic` gives it.

    Attributes:
        told: The place and the description of each difference, in the order in which they were found.
        others: The number of differences that are not told.
        is_checked: Whether a `Choice` has to be of one of its kinds. If not, a `Choice` is checked when one of its
            methods is called.
        is_request: Whether the value is a part of a request, which may lack what only answers have, but has no null
            that the spec forbids.
    """

    is_checked = False
    is_request = False

    def __init__(self, deadline: float = math.inf) -> None:
        self.deadline: Final = deadline
        self.told: dict[tuple[Path, str], None] = {}
        self.others = 0

    def add(self, path: Path, problem: str) -> None:
        """Keep or count a difference, or refuse it."""
        self.before_part(path)
        difference = (tuple(["*" if type(step) is Entry else step for step in path]), problem)
        if len(self.told) < _MOST:
            self.told[difference] = None
        elif difference not in self.told:
            self.others += 1

    def texts(self) -> list[str]:
        """Return a text for each difference, and one for all that are not told."""
        texts = [f"{pointer(path)} is {problem}" for path, problem in self.told]
        return [*texts, f"there are {self.others} more differences"] if self.others else texts

    def before_part(self, path: Path) -> None:  # noqa: ARG002
        """Go on, before a part of a value is read that takes long.

        Raises:
            TimeoutError: The deadline has passed.
        """
        if time.monotonic() > self.deadline:
            raise TimeoutError


class Checked(Drift):
    """The differences of a value that is checked to the last."""

    is_checked = True


class CheckedRequest(Checked):
    """Refuses what a request may not have: values that the spec does not list, and null that it forbids.

    It may have unknown properties, since the vendor may be ahead of the spec.
    """

    is_request = True

    def add(self, path: Path, problem: str) -> None:
        if problem == UNLISTED:
            raise InvalidDataError("a listed value", "another", path)


class _Exactly(Drift):
    def texts(self) -> list[str]:
        """Return a text for each difference, and one for all that are not told."""
        texts = [f"{pointer(path)} is {problem}" for path, problem in self.told]
        return [*texts, f"there are {self.others} more differences"] if self.others else texts

    def before_part(self, path: Path) -> None:
        raise InvalidDataError("what the spec says", "a difference", path)


# Of a value that is read at once or not at all: nothing is told, and no part is read for a second time.
EXACTLY: Final = _Exactly()
