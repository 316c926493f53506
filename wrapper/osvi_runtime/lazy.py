"""Packages that import a module at the first use of its name, since importing all modules takes too long."""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class _LazyPackage(ModuleType):
    """A package that exports one name of each of its modules.

    A function may have the name of its module. When such a module is imported, Python sets it as an attribute of the
    package; this class then sets the function instead.
    """

    _modules: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        if name not in self._modules:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{self._modules[name]}"), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and self._modules.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> Iterable[str]:
        return {*super().__dir__(), *self._modules}


def lazy(package: str, modules: Mapping[str, str]) -> None:
    """Make a package import each of these names from its module at its first use."""
    module = sys.modules[package]
    module.__dict__["_modules"] = modules
    module.__class__ = _LazyPackage
