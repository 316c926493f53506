"""Packages that import a module at the first use of its name, since importing all modules takes too long."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` (PEP 562) of a package that exports these names of these modules.

    No name may be that of a module, since Python makes a module that it imports an attribute of the package.
    """
    attributes = vars(sys.modules[package])

    def import_name(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = attributes[name] = getattr(import_module(f"{package}.{modules[name]}"), name)
        return value

    return import_name, lambda: [*attributes.keys() | modules.keys()]
