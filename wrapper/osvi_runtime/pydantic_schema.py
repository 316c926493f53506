"""The schemas of records for pydantic and FastAPI. Only pydantic, an optional package, causes the import."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import ConfigDict, Field
from pydantic_core import core_schema
from typing_extensions import TypedDict

from .descriptions import descriptions
from .tables import table

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


def schema_of(cls: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Return the schema of a record's class. It takes records and the input of `from_dict`, and writes as `to_dict`."""
    typed_dict: Any = _typed_dict  # without this type, mypy says that the classes are not hashable
    json_schema = handler.generate_schema(typed_dict(cls))
    return core_schema.no_info_plain_validator_function(
        lambda value: value if isinstance(value, cls) else cls.from_dict(value),
        json_schema_input_schema=json_schema,
        serialization=core_schema.plain_serializer_function_ser_schema(_properties, return_schema=json_schema),
    )


def _properties(record: Any) -> dict[str, Any]:
    properties = table(type(record)).properties.items()
    return {name: getattr(record, property_.field) for name, property_ in properties} | dict(record.extra)


@cache
def _typed_dict(cls: Any) -> Any:
    """Return the class as a TypedDict. It is cached, so that pydantic recognises a class that refers to itself."""
    hints, texts = get_type_hints(cls), descriptions(cls)
    fields = {
        name: Annotated[hints[property_.field], Field(description=texts.get(property_.field))]
        for name, property_ in table(cls).properties.items()
    }
    make_typed_dict: Any = TypedDict  # type checkers understand only its class syntax
    typed_dict = make_typed_dict(cls.__name__, fields, total=False)
    typed_dict.__doc__ = (cls.__doc__ or "").partition("\n")[0]
    typed_dict.__pydantic_config__ = ConfigDict(extra="allow")
    return typed_dict
