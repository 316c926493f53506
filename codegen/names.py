"""Names in Python, as the generator makes them of those in the spec."""

from collections.abc import Iterable

from openapi_python_client.strings import PythonIdentifier
from spec import SpecError

# What the generator puts before a name that is none in Python.
PREFIX = "field_"


def python_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return what the generator calls a property or a parameter; with an underscore where that name is taken."""
    made = str(PythonIdentifier(name, PREFIX))
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
