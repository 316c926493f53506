"""The input of openapi-python-client: the classes and operations with their final names, and nothing to refuse.

The generator gives the modules of the classes and the environment of the templates. The kinds of all values come from
the document in normal form, since the generator does not carry unions with tags, listed numbers, null, the styles of
parameters and the names of fields, and changes some values of enums.
"""

from attrs import evolve
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from codegen.document.reading import SpecError
from codegen.package.classes import Classes


def parsed(classes: Classes, config: Config) -> GeneratorData:
    """Return the input as the generator parses it.

    Raises:
        SpecError: The generator gives a class another name.
    """
    schemas = {name: {"type": "object"} for name in sorted(classes.by_name)}
    functions = sorted(classes.functions.values())
    paths = {f"/{name}": {"get": {"operationId": name, "responses": {}}} for name in functions}
    info = {"title": "", "version": ""}
    document = {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}
    data = GeneratorData.from_dict(document, config=evolve(config, class_overrides={}))
    if isinstance(data, GeneratorError):
        raise SpecError("openapi-python-client refuses the names of the classes and the operations")
    if lost := classes.by_name.keys() - {str(one.class_info.name) for one in data.models}:
        raise SpecError(f"openapi-python-client gives other names to {', '.join(sorted(lost))}")
    return data
