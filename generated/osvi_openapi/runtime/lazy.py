"""Packages that import a module when a name of it is asked for: an import of all would slow the start."""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class _LazyPackage(ModuleType):
    """A package that has one name of each of its modules.

    A function may be called like its module. Python then sets the module as an attribute of the package when it
    imports it; this sets the function.
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
    """Have a package import each of these names from its module when it is asked for."""
    module = sys.modules[package]
    module.__dict__["_modules"] = modules
    module.__class__ = _LazyPackage
