"""What openapi-python-client does not pass on of its input."""

from typing import Any

from attrs import frozen

from codegen.document.normal.nodes import Node


@frozen
class Property:
    """A property of a record: its name in the spec, the name of its field, and its schema in normal form."""

    spec_name: str
    field: str
    schema: Node
    is_required: bool


@frozen
class Class:
    """A class: its form and module, its place and schema in normal form, and its properties by their names here."""

    form: str
    module: str
    place: str
    schema: Node
    properties: dict[str, Property]


@frozen
class Call:
    """An operation: its path, its method, its node in normal form, and its parameters by their names here."""

    path: str
    method: str
    node: Node
    parameters: dict[str, Node]


@frozen
class GeneratorInput:
    """The input of the generator.

    Attributes:
        document: The document.
        classes: The classes, by their names. Maps have none.
        maps: The names of the components that are maps.
        calls: The operations, by the names of their functions.
        listed: The values of the schemas that list some, by their places.
        tags: The property that is the tag of a union, and the classes by its values, by the place of the union.
        circular: The places of schemas that contain themselves without a class between. They allow any value.
    """

    document: Node
    classes: dict[str, Class]
    maps: set[str]
    calls: dict[str, Call]
    listed: dict[str, list[Any]]
    tags: dict[str, tuple[str, dict[Any, str]]]
    circular: list[str]
