"""Names for Python: of classes, operations, fields, arguments and enum values. No two things have the same name.

A name depends on the place in the document, and on the others that would have the same name, never on an order.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.parser.properties import Class
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier, pascal_case, snake_case

K = TypeVar("K")
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
            if not self._taken & {name, f"{identifier(name)}.py"}:
                self._taken |= {name, f"{identifier(name)}.py"}
                return name


def inline_text(owner: str, name: str) -> str:
    """Return the text for the name of a class without a name in the document, by its owner and its name there."""
    return f"{pascal_case(owner)}{pascal_case(name)}" if owner else name


def operation_names(operations: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of the functions for operations, which are pairs of a path and a method.

    If two would have the same name, one says where its path has parameters.
    """
    names = {place: _operation_name(*place) for place in sorted(operations)}
    return distinct(names, lambda place: _operation_name(place[0].replace("{", "by_"), place[1]))


def _operation_name(path: str, method: str) -> str:
    return str(generate_operation_id(path=UntrustedString(path), method=method, prefix=PREFIX))


def identifier(name: str, *, keeps_case: bool = False) -> str:
    """Return the name in Python for a name in the document, with the characters that Python makes of it (NFKC)."""
    return unicodedata.normalize("NFKC", PythonIdentifier(name, PREFIX, skip_snake_case=keeps_case))


def field_names(properties: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Return the names of the fields for properties. A name that is taken gets an underscore."""
    names = {name: identifier(name) for name in properties}
    marked = {name: f"{field}_" if field in taken else field for name, field in names.items()}
    return distinct(_in_order(marked), lambda name: identifier(name, keeps_case=True), taken)


def enum_names(values: Iterable[str]) -> dict[str, str]:
    """Return the names of the values of an enum of strings."""
    names = {value: _enum_name(value) for value in values}
    return distinct(_in_order(names), names.__getitem__)


def distinct(names: Mapping[K, str], longer: Callable[[K], str], taken: Collection[str] = ()) -> dict[K, str]:
    """Return the names, each of which the first key keeps. The others get a longer one, and a number if need be."""
    keys: dict[str, K] = {}
    for key, name in names.items():
        keys.setdefault(name, key)
    for key in [key for key, name in names.items() if keys[name] != key]:
        new, number = longer(key), 2
        while new in keys or new in taken:
            new, number = f"{names[key]}_{number}", number + 1
        keys[new] = key
    return {key: name for name, key in keys.items()}


def _in_order(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names in an order that does not depend on that of the document: first those that equal their keys."""
    return dict(sorted(names.items(), key=lambda pair: (pair[0] != pair[1], pair[0])))


def _enum_name(value: str) -> str:
    if value[:1].isalpha() and (name := snake_case(value.upper()).upper()).isidentifier():
        return name
    spelt = "".join(c if c.isascii() and (c.isalnum() or c in " _-./:") else f" {_spelt(c)} " for c in value)
    words = re.findall(r"[^\W_]+", spelt)
    sign = "MINUS_" if words and value.startswith("-") else ""
    return f"VALUE_{sign}{'_'.join(words or map(_spelt, value)).upper() or 'EMPTY'}"


def _spelt(character: str) -> str:
    return re.sub(r"\W", "_", unicodedata.name(character, f"U{ord(character):X}"))
