"""Names for Python: of classes, operations, fields, arguments and enum values. No two things have the same name.

A name depends on the place in the document, and on the others that would have the same name, never on an order.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping

from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.parser.properties import Class
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier, pascal_case, snake_case

# The generator puts it before a name that would be none in Python.
PREFIX = "field_"


class ClassNames:
    """Gives names to classes, each of which is the first free one for a text.

    Args:
        config: The options of the generator, with better names for some classes.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def plain(self, text: str) -> str:
        """Return the name for a text. The generator would change it no more."""
        name = str(Class.from_string(string=text, config=self._config).name)
        while (changed := str(ClassName(name, PREFIX))) != name:
            name = changed
        return name

    def new(self, text: str) -> str:
        """Return a name that neither another class nor its module has, with a number if need be."""
        while True:
            number = self._numbers.get(text, 1)
            self._numbers[text] = number + 1
            name = self.plain(text if number == 1 else f"{text}_{number}")
            # A module is written in small letters.
            if not self._taken & {name, f"{module_of(name)}.py"}:
                self._taken |= {name, f"{module_of(name)}.py"}
                return name


def module_of(cls: str) -> str:
    """Return the name of the module of a class."""
    return str(PythonIdentifier(cls, PREFIX))


def inline_text(owner: str, name: str) -> str:
    """Return the text for the name of a class without a name in the document, by its owner and its name there."""
    return f"{pascal_case(owner)}{pascal_case(name)}" if owner else name


def operation_names(operations: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of the functions for operations, which are pairs of a path and a method."""
    places = {f"{method} {path}": (path, method) for path, method in operations}

    def longer(key: str) -> str:
        return _operation_name(*places[key], is_long=True)

    names = distinct({key: _operation_name(*place) for key, place in places.items()}, longer)
    return {place: names[key] for key, place in places.items()}


def _operation_name(path: str, method: str, *, is_long: bool = False) -> str:
    """Return the name of a function. The long name says where the path has parameters."""
    text = UntrustedString(path.replace("{", "by_") if is_long else path)
    return str(generate_operation_id(path=text, method=method, prefix=PREFIX))


def field_names(properties: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """Return the names of the fields for properties. A name that is taken gets an underscore."""
    names = {name: str(PythonIdentifier(name, PREFIX)) for name in properties}
    marked = {name: f"{field}_" if field in taken else field for name, field in names.items()}
    return distinct(marked, lambda name: str(PythonIdentifier(name, PREFIX, skip_snake_case=True)), taken)


def enum_names(values: Iterable[str]) -> dict[str, str]:
    """Return the names of the values of an enum of strings."""
    return distinct({value: _enum_name(value) for value in values})


def distinct(
    names: Mapping[str, str], longer: Callable[[str], str] | None = None, taken: Collection[str] = ()
) -> dict[str, str]:
    """Return the names, with those changed that several keys would have.

    A key that equals its name keeps it, or else the first in the alphabet. The others get a longer name, and a number
    if there is none or that is ``taken`` too.
    """
    owners: dict[str, str] = {}
    for key in sorted(names, key=lambda key: (key != names[key], key)):
        owners.setdefault(names[key], key)
    for key in sorted(names.keys() - {*owners.values()}):
        name, number = longer(key) if longer else names[key], 2
        while name in owners or name in taken:
            name, number = f"{names[key]}_{number}", number + 1
        owners[name] = key
    by_key = {key: name for name, key in owners.items()}
    return {key: by_key[key] for key in names}


def _enum_name(value: str) -> str:
    if value[:1].isalpha() and (name := snake_case(value.upper()).upper()).isidentifier():
        return name
    sign = "MINUS_" if value.startswith("-") else ""
    text = "".join(c if c.isascii() and c.isalnum() else f" {_spelt(c)} " if c not in " _-./:" else " " for c in value)
    words = re.findall(r"\w+", text)
    return f"VALUE_{sign}{'_'.join(words).upper()}" if words else f"VALUE_{'_'.join(map(_spelt, value)) or 'EMPTY'}"


def _spelt(character: str) -> str:
    return re.sub(r"\W", "_", unicodedata.name(character, f"U{ord(character):X}"))
