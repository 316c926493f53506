"""The input of openapi-python-client: the classes and operations with their final names, and nothing to refuse.

The generator gives the modules of the classes, the values of the enums and the environment of the templates. The kinds
of all values come from the document in normal form, since the generator does not carry unions with tags, listed
numbers, null, the styles of parameters and the names of fields.
"""

from attrs import evolve
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from codegen.document.reading import Node, SpecError
from codegen.package.classes import Classes
from codegen.package.naming import enum_names


def generator_input(classes: Classes) -> Node:
    """Return the input of the generator."""
    schemas: Node = {}
    for name, cls in sorted(classes.by_name.items()):
        values = cls.schema.get("enum", [])
        names = enum_names(values)
        enum = {"type": "string", "enum": values, "x-enum-varnames": [names[value] for value in values]}
        schemas[name] = enum if values else {"type": "object"}
    functions = sorted(classes.functions.values())
    paths = {f"/{name}": {"get": {"operationId": name, "responses": {}}} for name in functions}
    info = {"title": "", "version": ""}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def parsed(classes: Classes, config: Config) -> GeneratorData:
    """Return the input as the generator parses it.

    Raises:
        SpecError: The generator gives a class or an operation another name.
    """
    data = GeneratorData.from_dict(generator_input(classes), config=evolve(config, class_overrides={}))
    if isinstance(data, GeneratorError):
        raise SpecError("openapi-python-client refuses the names of the classes and the operations")
    endpoints = [endpoint for one in data.endpoint_collections_by_tag.values() for endpoint in one.endpoints]
    found = {str(one.class_info.name) for one in [*data.models, *data.enums]} | {str(one.name) for one in endpoints}
    if lost := {*classes.by_name, *classes.functions.values()} - found:
        raise SpecError(f"openapi-python-client gives other names to {', '.join(sorted(lost))}")
    return data
