"""The schemas of records for pydantic and FastAPI. Imported only when pydantic asks for one: it is no dependency."""

from __future__ import annotations

import re
from functools import cache
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import ConfigDict, Field
from pydantic_core import core_schema
from typing_extensions import TypedDict

from .tables import table

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

    from .records import Model


def schema_of(cls: type[Model], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Return the schema of a class: it accepts a record or what `from_dict` reads, and writes as `to_dict`."""
    typed_dict: Any = _typed_dict  # without this type, mypy takes the classes for unhashable
    written = handler.generate_schema(typed_dict(cls))
    return core_schema.no_info_plain_validator_function(
        lambda value: value if isinstance(value, cls) else cls.from_dict(value),
        json_schema_input_schema=written,
        serialization=core_schema.plain_serializer_function_ser_schema(_properties, return_schema=written),
    )


def _properties(record: Model) -> dict[str, Any]:
    names = {name: one.field for name, one in table(type(record)).properties.items()}
    return {name: getattr(record, field) for name, field in names.items()} | dict(record.extra)


@cache
def _typed_dict(cls: Any) -> Any:
    """Return the class as a TypedDict, always the same: so pydantic recognises a class that refers to itself."""
    hints, descriptions = get_type_hints(cls), _descriptions(cls)
    fields = {
        name: Annotated[hints[one.field], Field(description=descriptions.get(one.field))]
        for name, one in table(cls).properties.items()
    }
    make: Any = TypedDict  # type checkers understand only its class syntax
    made = make(cls.__name__, fields, total=False)
    made.__doc__ = (cls.__doc__ or "").partition("\n")[0]
    made.__pydantic_config__ = ConfigDict(extra="allow")
    return made


def _descriptions(cls: type[Model]) -> dict[str, str]:
    """Read the section ``Attributes:`` of the docstring."""
    section = (getdoc(cls) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+):(.*(?:\n(?: {5}.*)?)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}
