"""Packages that import a module at the first use of its name, since importing all modules takes too long."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` (PEP 562) of a package that exports these names of these modules.

    A name that is that of its module exports the module. No other name may be that of a module, since Python makes a
    module that it imports an attribute of the package.
    """
    attributes = vars(sys.modules[package])

    def import_name(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{modules[name]}")
        value = attributes[name] = module if modules[name] == name else getattr(module, name)
        if hasattr(value, "__attrs_attrs__"):
            complete_init(value)
        return value

    return import_name, lambda: [*attributes.keys() | modules.keys()]


def complete_init(cls: Any) -> None:
    """Let ``typing.get_type_hints`` evaluate the annotations of ``cls.__init__``, which attrs has made.

    attrs copies the names that the module of the class has at that time, but an annotation may be from the module of a
    base class, or name what its module imports later.
    """
    known = cls.__init__.__globals__
    for base in cls.__mro__[:-1]:
        known.update(vars(sys.modules[base.__module__]) | known)
