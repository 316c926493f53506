"""The descriptions of fields. Python keeps no docstrings of attributes, so they are in a file of the package too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc
from pkgutil import get_data
from typing import Any

import attrs


class Docstring:
    """The docstring of a class of records, with a section for its fields, which is made when it is asked for."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def __get__(self, _: Any, cls: type[Any]) -> str:
        entries = [f"    {name}: {text}" for name, text in descriptions(cls).items()]
        return "\n".join([*([cleandoc(self.text), ""] if self.text else []), "Attributes:", *entries])


def descriptions(cls: type[Any]) -> dict[str, str]:
    """Return the descriptions of the fields of a class."""
    texts: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        texts |= _of_package(base.__module__.partition(".")[0]).get(base.__name__, {})
        texts |= vars(base).get("__descriptions__", {})
    return {field.name: texts[field.name] for field in attrs.fields(cls) if field.name in texts}


@cache
def _of_package(package: str) -> Mapping[str, Mapping[str, str]]:
    """Return the descriptions in ``descriptions.json`` of a package, by class and field. Empty if there are none."""
    try:
        texts: Mapping[str, Mapping[str, str]] = json.loads(get_data(package, "descriptions.json") or "{}")
    except (OSError, ValueError):  # ValueError: the class is from __main__, which is no package
        return {}
    return texts
