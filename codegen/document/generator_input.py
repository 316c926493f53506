"""The input of openapi-python-client for a document in normal form.

The generator finds no two things with one name, and nothing that it would refuse or merge. The components are the
classes, with their final names:

- a record is an object with the properties "p0", "p1" …;
- a choice is an object with a property "p0", "p1" … for each branch;
- an enum of strings has the names of its values;
- a map is an object with ``additionalProperties``.

An operation has the path "/0", "/1" …, and its parameters are "p0", "p1" … in the query. The example of a schema that
lists values or has tags is its place. ``side_table`` has the rest.
"""

from collections.abc import Collection, Mapping

from openapi_python_client.config import Config

from codegen.document.generator_schemas import SchemaWriter, Unnamed
from codegen.document.naming import ClassNames, field_names, inline_text, module_of, operation_names
from codegen.document.normal.document import operations
from codegen.document.normal.nodes import COMPONENTS, Node, below
from codegen.document.side_table import Call, Class, GeneratorInput, Property


def generator_input(document: Node, config: Config, taken: Mapping[str, Collection[str]]) -> GeneratorInput:
    """Return the input of the generator for a document in normal form.

    Args:
        document: The document.
        config: The options of the generator.
        taken: The names that the fields of a class cannot have. Those of "every class" are for all.
    """
    writer = SchemaWriter(document)
    found = {(path, method): node for path, method, node in operations(document)}
    function_names = operation_names(found)
    calls = {function_names[place]: Call(*place, node, _parameters(node)) for place, node in found.items()}
    paths = {f"/{index}": {"get": _operation(writer, *pair)} for index, pair in enumerate(sorted(calls.items()))}
    names = _class_names(writer, ClassNames(config))
    for reference, place in writer.references:
        reference["$ref"] = f"{COMPONENTS}/{names[place]}"
    schemas = {names[place]: one.written for place, one in writer.classes.items()}
    schemas |= {names[str(index)]: one for index, one in enumerate(writer.maps)}
    components = {"schemas": {name: schemas[name] for name in sorted(schemas)}}
    return GeneratorInput(
        {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": paths, "components": components},
        {names[place]: _class(names[place], place, one, taken) for place, one in writer.classes.items()},
        {names[str(index)] for index, _ in enumerate(writer.maps)},
        calls,
        writer.listed,
        {
            place: (tags.name, {tag: names[writer.place_of(branch)] for tag, branch in tags.branches.items()})
            for place, tags in writer.tags.items()
        },
        sorted(writer.circular),
    )


def _class(name: str, place: str, one: Unnamed, taken: Mapping[str, Collection[str]]) -> Class:
    schemas = one.schema.get("properties", {})
    fields = field_names(schemas, {*taken.get("every class", ()), *taken.get(name, ())})
    required = one.schema.get("required", ())
    properties = {
        f"p{index}": Property(spec_name, fields[spec_name], schema, spec_name in required)
        for index, (spec_name, schema) in enumerate(schemas.items())
    }
    return Class(one.form, module_of(name), place, one.schema, properties)


def _class_names(writer: SchemaWriter, names: ClassNames) -> dict[str, str]:
    """Return the names of the classes and maps by their places. A class within a class is named after that."""
    found: dict[str, str] = {}
    for depth in sorted({one.depth for one in writer.classes.values()}):
        texts = {
            place: inline_text(found.get(one.owner, one.owner), one.name)
            for place, one in writer.classes.items()
            if one.depth == depth
        }
        for place in sorted(texts, key=lambda place: (names.plain(texts[place]) != texts[place], place)):
            found[place] = names.new(texts[place])
    return found | {str(index): names.new("HiddenMap") for index, _ in enumerate(writer.maps)}


def _operation(writer: SchemaWriter, name: str, call: Call) -> Node:
    place = below("#/paths", call.path, call.method)
    parameters = []
    for key, node in call.parameters.items():
        schema = writer.schema(node["schema"], name, node["name"], below(place, node["in"], node["name"]))
        is_required = node.get("required") is True or node["in"] == "path"
        parameters.append({"name": key, "in": "query", "required": is_required, "schema": schema})
    written: Node = {"operationId": name, "parameters": parameters, "responses": {}}
    body = call.node.get("requestBody", {})
    if content := _content(writer, body, name, "body", below(place, "requestBody")):
        written["requestBody"] = {"required": body.get("required") is True, "content": content}
    for status, node in call.node["responses"].items():
        content = _content(writer, node, name, f"response_{status}", below(place, "responses", status))
        written["responses"][status] = {"description": "", **({"content": content} if content else {})}
    return written


def _content(writer: SchemaWriter, node: Node, owner: str, name: str, place: str) -> Node:
    media = next((media for media in node.get("content", {}).values() if "schema" in media), None)
    return {"application/json": {"schema": writer.schema(media["schema"], owner, name, place)}} if media else {}


def _parameters(operation: Node) -> dict[str, Node]:
    """Return the parameters that have a schema, by their names for the generator."""
    return {f"p{index}": node for index, node in enumerate(operation["parameters"]) if "schema" in node}
