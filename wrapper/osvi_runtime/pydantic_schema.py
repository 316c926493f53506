"""The schemas of records for pydantic and FastAPI. Only pydantic, an optional package, causes the import."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Required, Union, get_type_hints

import attrs
from pydantic import ConfigDict, Field
from pydantic_core import core_schema
from typing_extensions import TypeAliasType, TypedDict

from .descriptions import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import GetCoreSchemaHandler


def schema_of(cls: Any, handler: GetCoreSchemaHandler, to_json: Callable[[Any], Any]) -> core_schema.CoreSchema:
    """Return the schema of a record's class. It takes records and the input of `from_dict`, and writes as `to_dict`.

    A field that is not a property, and that `from_dict` takes as an argument, is read and written too. ``to_json`` is
    needed for what pydantic writes otherwise than as JSON, such as datetimes.
    """
    json_schema = handler.generate_schema(_typed_dict(cls))
    return core_schema.no_info_wrap_validator_function(
        lambda value, _: value if isinstance(value, cls) else _read(cls, to_json(value)),
        json_schema,
        # A wrapped serializer, since a plain one would ignore `include` and `exclude`.
        serialization=core_schema.wrap_serializer_function_ser_schema(
            lambda record, write: write(_values(record)), schema=json_schema
        ),
    )


def schema_of_choice(cls: Any, handler: GetCoreSchemaHandler, read: Callable[[Any], Any]) -> core_schema.CoreSchema:
    """Return the schema of a class of choices. It takes choices and their JSON values."""
    return core_schema.no_info_wrap_validator_function(
        lambda value, _: value if isinstance(value, cls) else read(value),
        handler.generate_schema(_alias(cls)),
        serialization=core_schema.plain_serializer_function_ser_schema(lambda choice: choice.json),
    )


@cache
def _alias(cls: Any) -> Any:
    """Return the union of the kinds of a choice. It is cached and has a name, since it may have itself in it."""
    make_alias: Any = TypeAliasType  # type checkers understand only an assignment to its name
    return make_alias(cls.__name__, Union[tuple(cls.__kinds__().values())])  # noqa: UP007


def _read(cls: Any, data: Any) -> Any:
    """Return the record of a JSON value.

    Raises:
        ValueError: There is no such record. pydantic makes a ValidationError of it.
    """
    others, properties = _other_fields(cls), cls.__reader__().properties
    arguments = {name: None for name, field in others.items() if field.default is attrs.NOTHING}
    if isinstance(data, dict):
        arguments |= {name: data[name] for name in others if name in data}
        data = {name: item for name, item in data.items() if name not in others or name in properties}
    try:
        return cls.from_dict(data, **arguments)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _values(record: Any) -> dict[str, Any]:
    properties = record.__reader__().properties.items()
    others = {name: getattr(record, name) for name in _other_fields(type(record))}
    return others | {name: getattr(record, property_.field) for name, property_ in properties} | dict(record.extra)


def _other_fields(cls: Any) -> Mapping[str, attrs.Attribute[Any]]:
    """Return the fields of a class that are not properties, such as the agent of a session, by their names."""
    return {field.name: field for field in attrs.fields(cls) if field.name != "extra" and "in_json" in field.metadata}


@cache
def _typed_dict(cls: Any) -> Any:
    """Return the class as a TypedDict. It is cached, so that pydantic recognises a class that refers to itself."""
    hints, texts = get_type_hints(cls), descriptions(cls)

    def annotation(field: str) -> Any:
        return Annotated[hints[field], Field(description=texts.get(field))]

    fields = {
        name: Required[annotation(name)] if field.default is attrs.NOTHING else annotation(name)
        for name, field in _other_fields(cls).items()
    }
    fields |= {name: annotation(property_.field) for name, property_ in cls.__reader__().properties.items()}
    make_typed_dict: Any = TypedDict  # type checkers understand only its class syntax
    typed_dict = make_typed_dict(cls.__name__, fields, total=False)
    typed_dict.__doc__ = (cls.__doc__ or "").partition("\n")[0]
    typed_dict.__pydantic_config__ = ConfigDict(extra="allow")
    return typed_dict
