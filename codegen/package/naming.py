"""Names for Python: of classes, operations, fields, arguments and enum values. No two things have the same name.

A name depends on the place in the document, and on the others that would have the same name, never on an order.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from keyword import iskeyword
from types import ModuleType
from typing import TypeVar

import osvi_runtime
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.properties import Class
from openapi_python_client.strings import ClassName, PythonIdentifier, pascal_case, snake_case

from codegen import CODEGEN
from codegen.document.reading import DataFileError

K = TypeVar("K")
RUNTIME = [name for name, value in vars(osvi_runtime).items() if name[0] != "_" and not isinstance(value, ModuleType)]
# The names that the templates import from the runtime and the standard library. A class with one gets "Schema" too.
RESERVED = [*RUNTIME, "Annotated", "Any", "ClassVar", "Field", "Final", "Literal", "Mapping", "Sequence"]


@cache
def options() -> Config:
    """Return the options of openapi-python-client in ``config.yaml``."""
    options = ConfigFile.load_from_path(CODEGEN / "config.yaml")
    return Config.from_sources(options, MetaType.NONE, "", "utf-8", overwrite=True, output_path=None)


class ClassNames:
    """Gives names to classes, each of which is the first free one for a text.

    Attributes:
        modules: The names of their modules, by those of the classes.
    """

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}

    def plain(self, text: str) -> Class:
        """Return the names of a class and its module for a text. The generator would change them no more."""
        made = Class.from_string(string=_nfkc(text), config=options())
        while (again := ClassName(made.name, options().field_prefix)) != made.name:
            made = Class(again, PythonIdentifier(again, options().field_prefix))
        return self.plain(f"{made.name}Schema") if made.name in RESERVED else made

    def new(self, text: str, number: int = 1) -> str:
        """Return a name that neither another class nor its module has, with a number if need be."""
        made = self.plain(text if number == 1 else f"{text}_{number}")
        name, module = str(made.name), _nfkc(made.module_name)
        # A module of the name of its class, in a script without capital letters, would hide the class.
        module += "_" * (module == name)
        if name in self.modules or module in self.modules.values():
            return self.new(text, number + 1)
        self.modules[name] = module
        return name


def inline_text(owner: str, name: str) -> str:
    """Return the text for the name of a class without a name in the document, by its owner and its name there."""
    return f"{pascal_case(owner)}{pascal_case(name)}"


def function_names(operations: Iterable[str]) -> dict[str, str]:
    """Return the names of the functions for operations, such as "GET /v1/agents".

    If two would have the same name, one says where its path has parameters.
    """
    names = {operation: _function_name(operation) for operation in sorted(operations)}
    return distinct(names, lambda operation: _function_name(operation.replace("{", "by_")))


def renamed(functions: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the functions, of which ``functions.yaml`` gives some.

    Raises:
        DataFileError: A name cannot be that of a function, or two have it.
    """
    names = {operation: given.get(operation, name) for operation, name in functions.items()}
    for name in given.values():
        if [*names.values()].count(name) > 1 or iskeyword(name) or not re.fullmatch("[a-z][a-z0-9_]*", str(name)):
            raise DataFileError(f"codegen/functions.yaml: {name!r} cannot be the name of one function")
    return names


def _function_name(operation: str) -> str:
    method, _, path = operation.partition(" ")
    # Each part alone, since the generator divides "v1" beside a word with capitals.
    words = [snake_case(part) for part in re.split(r"[/?#=&]", path) if part]
    return identifier("_".join([method.lower(), *words]))


def identifier(name: str, *, keeps_case: bool = False) -> str:
    """Return the name in Python for a name in the document."""
    return _nfkc(PythonIdentifier(_nfkc(name), options().field_prefix, skip_snake_case=keeps_case))


def field_names(properties: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Return the names of the fields for properties. A name that is taken gets an underscore."""
    names = {name: identifier(name) for name in properties}
    marked = {name: f"{field}_" if field in taken else field for name, field in names.items()}
    return distinct(_in_order(marked), lambda name: identifier(name, keeps_case=True), taken)


def enum_names(values: Iterable[str]) -> dict[str, str]:
    """Return the names of the values of an enum of strings."""
    names = {value: _enum_name(_nfkc(value)) for value in values}
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


def _nfkc(text: str) -> str:
    """Return a text with the characters that Python makes of those of a name, of which a keyword may come."""
    return unicodedata.normalize("NFKC", text)


def _enum_name(value: str) -> str:
    if value[:1].isalpha() and (name := snake_case(value.upper()).upper()).isidentifier():
        return name
    spelt = "".join(c if c.isascii() and (c.isalnum() or c in " _-./:") else f" {_spelt(c)} " for c in value)
    words = re.findall(r"[^\W_]+", spelt)
    sign = "MINUS_" if words and value.startswith("-") else ""
    return f"VALUE_{sign}{'_'.join(words or map(_spelt, value)).upper() or 'EMPTY'}"


def _spelt(character: str) -> str:
    return re.sub(r"\W", "_", unicodedata.name(character, f"U{ord(character):X}"))
