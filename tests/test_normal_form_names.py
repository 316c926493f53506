"""What is made of a document in normal form: names that stay, kinds, and what cannot be served."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from normal_forms import document, read
from openapi_python_client.config import ClassOverride
from test_normal_form import EQUAL, spec_of

from codegen.document.normal import normal
from codegen.document.served import leave_out_parameters, unserved
from codegen.package import naming
from codegen.package.kinds import Kinds
from codegen.package.members import members
from codegen.package.naming import distinct, enum_names, field_names, function_names

TAKEN = {"every class": ["extra"], "Agent": ["agent_uuid"]}


def kinds_in(spec: Any) -> Kinds:
    """Return the kinds of the schemas of a document, with the classes."""
    return Kinds(normal(spec).document)


GIVEN = read((Path(__file__).parent / "specs" / "names.yaml").read_text("utf-8"))
SPEC, NAMES, UNIONS, PARAMETERS = (GIVEN[key] for key in ("document", "names", "unions", "parameters"))


def names_in(spec: Any) -> dict[str, str]:
    return {cls.place: name for name, cls in kinds_in(spec).classes.by_name.items()}


def test_a_class_is_named_by_its_place() -> None:
    assert names_in(SPEC) == NAMES


def each_schema(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return a part of a document with each schema changed."""
    if isinstance(node, list):
        return [each_schema(one, change) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: each_schema(value, change) for key, value in node.items()}
    return change(made) if {"type", "properties", "oneOf"} & made.keys() and "in" not in made else made


def reversed_objects(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: reversed_objects(value) for key, value in reversed(node.items())}
    return [*map(reversed_objects, node)] if isinstance(node, list) else node


def with_a_property(schema: Any) -> Any:
    new = {"properties": {**schema.get("properties", {}), "new": {"type": "object", "properties": {"voice": {}}}}}
    return schema | new if "properties" in schema else schema


def with_an_operation(spec: Any) -> Any:
    return spec | {"paths": spec["paths"] | {"/v1/agents": {"put": spec["paths"]["/v1/agents/{id}"]["put"]}}}


@pytest.mark.parametrize(
    "change",
    [
        reversed_objects,
        with_an_operation,
        lambda spec: each_schema(spec, with_a_property),
        lambda spec: each_schema(spec, lambda schema: {"nullable": True, **schema}),
        lambda spec: each_schema(spec, lambda schema: {"title": "Voice", "description": "Words.", **schema}),
        lambda spec: each_schema(spec, lambda one: one | {"enum": ["0", *one["enum"]]} if "enum" in one else one),
        lambda spec: {**spec, "openapi": "3.0.3"},
    ],
    ids=["order", "operation", "property", "null", "words", "value", "version"],
)
def test_growth_and_other_words_rename_nothing(change: Callable[[Any], Any]) -> None:
    assert NAMES.items() <= names_in(change(copy.deepcopy(SPEC))).items()


def test_a_class_has_a_name_that_the_generator_does_not_change() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}

    assert kinds_in(document({"$ref": "#/components/schemas/a1b"}, {"a1b": schema})).classes.modules == {"A1B": "a1b"}


def test_the_options_of_the_generator_give_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    overrides = {"Agent": ClassOverride.model_validate({"class_name": "Bot", "module_name": "robots"})}
    options = attrs.evolve(naming.options(), class_overrides=overrides, field_prefix="x_")
    monkeypatch.setattr(naming, "options", lambda: options)
    classes = kinds_in(SPEC).classes

    assert (classes.modules["Bot"], classes.by_name["Bot"].place) == ("robots", "#/components/schemas/Agent")
    assert field_names(["1st"]) == {"1st": "x_1st"}


def test_the_field_of_a_property_with_a_name_of_the_class_has_an_underscore() -> None:
    fields = {member.spec_name: member.name for member in members(kinds_in(SPEC), "Agent", {}, TAKEN)}

    assert (fields["agent_uuid"], fields["extra"], fields["voice"]) == ("agent_uuid_", "extra_", "voice")


@pytest.mark.parametrize("schema", UNIONS)
def test_tags_or_json_types_tell_the_branches_of_a_union_apart_or_it_is_a_choice(schema: str) -> None:
    made = normal(document(read(schema), GIVEN["components"])).document
    kinds = Kinds(made)
    kind = kinds.of(made["operations"]["POST /a"]["requestBody"]["schema"])

    assert [kind.type, kind.annotation] == UNIONS[schema]


def test_an_object_among_the_properties_that_are_not_declared_has_a_class() -> None:
    others = "{type: object, properties: {b: {type: string}}}"
    spec = document(read(f"{{type: object, properties: {{a: {{type: string}}}}, additionalProperties: {others}}}"))
    kinds = kinds_in(spec)

    assert kinds.others(kinds.classes.by_name["PostABody"].schema).annotation == "PostABodyAdditionalProperty"


def test_branches_that_narrow_one_component_have_a_class_each() -> None:
    branches = (f"{{allOf: [<Note>, {{properties: {{{name}: {{type: string}}}}}}]}}" for name in ("a", "b"))
    kinds = kinds_in(document(read(f"{{oneOf: [{', '.join(branches)}]}}"), read("{Note: {properties: {n: {}}}}")))

    classes = kinds.classes.by_name
    assert {name: [*classes[name].schema["properties"]] for name in ("PostABodyType0", "PostABodyType1")} == {
        "PostABodyType0": ["n", "a"],
        "PostABodyType1": ["n", "b"],
    }


def test_no_two_methods_of_a_choice_have_one_name() -> None:
    components = read("{Json: {properties: {a: {type: string}}}, Text: {properties: {b: {type: string}}}}")
    choice = "{oneOf: [<Json>, <Text>, {type: array}, {type: array, items: {nullable: true}}]}"
    spec = document(read(choice), components)
    kinds = kinds_in(spec)

    assert [*kinds.branches(kinds.classes.by_name["PostABody"].schema)] == ["json_", "text", "array_of_anything"]


def test_a_schema_that_contains_itself_without_a_class_between_allows_any_value_there() -> None:
    kinds = kinds_in(spec_of(EQUAL["arrays in arrays"]))
    nested = kinds.of({"$ref": "#/components/schemas/Nested"})

    assert nested.type == "str | tuple[Any, ...]"
    assert [finding.place for finding in kinds.circular] == ["#/components/schemas/Nested"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (field_names(["n\u00ba", "no", "N"]), {"n\u00ba": "no_2", "no": "no", "N": "n"}),
        (field_names(["xNew", "x_new", "X-New"], []), {"xNew": "xNew", "x_new": "x_new", "X-New": "XNew"}),
        (
            field_names(["extra", "extra_", "class"], ["extra"]),
            {"extra": "extra__2", "extra_": "extra_", "class": "class_"},
        ),
        (enum_names(["a", "A", "a b"]), {"a": "A_2", "A": "A", "a b": "A_B"}),
        (
            enum_names(["gpt-4.1", "gpt-41", "1", "-1", "+1", "", "<", "_", "-", "--"]),
            {
                "gpt-4.1": "GPT_4_1",
                "gpt-41": "GPT_41",
                "1": "VALUE_1",
                "-1": "VALUE_MINUS_1",
                "+1": "VALUE_PLUS_SIGN_1",
                "": "VALUE_EMPTY",
                "<": "VALUE_LESS_THAN_SIGN",
                "_": "VALUE_LOW_LINE",
                "-": "VALUE_HYPHEN_MINUS",
                "--": "VALUE_HYPHEN_MINUS_HYPHEN_MINUS",
            },
        ),
        (
            function_names(["GET /a/{b}", "GET /a_b", "GET /a/b"]),
            {"GET /a/b": "get_a_b", "GET /a/{b}": "get_a_by_b", "GET /a_b": "get_a_b_2"},
        ),
        (
            function_names(["GET /a?kind=new", "GET /v1/APIKeyV2/{keyId}", "PUT /v1/api#x"]),
            {
                "GET /a?kind=new": "get_a_kind_new",
                "GET /v1/APIKeyV2/{keyId}": "get_v1_api_key_v2_key_id",
                "PUT /v1/api#x": "put_v1_api_x",
            },
        ),
        (distinct({"x": "x", "a": "x", "x_2": "x_2"}, lambda _: "x"), {"a": "x_3", "x": "x", "x_2": "x_2"}),
    ],
)
def test_no_two_things_have_one_name(names: Any, expected: Any) -> None:
    assert names == expected


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_sent_in_its_style_or_the_operation_is_not_served(parameter: str) -> None:
    node, problem = {"name": "x", **read(parameter)}, PARAMETERS[parameter]
    made = normal({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [{**node, "required": True}]}}}})

    reason = f"the required parameter 'x' in {node['in']}: {problem}"
    assert [one.line for one in unserved(made.document)] == ([f'"GET /a": "{reason}"'] if problem else [])
    assert leave_out_parameters(made.document) == []

    made = normal({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [node]}}}})
    assert unserved(made.document) == []
    assert [one.text for one in leave_out_parameters(made.document)] == (
        [f"the parameter 'x' is left out: {problem}"] if problem else []
    )
    assert len(made.document["operations"]["GET /a"]["parameters"]) == (not problem)


def test_all_operations_that_cannot_be_served_are_found_at_once_with_all_their_reasons() -> None:
    paths = read("""
        /form: {post: {requestBody: {content: {multipart/a: {}}}, responses: {'200': {content: {text/csv: {}}}}}}
        /server: {get: {servers: [{url: https://b.example.com}], responses: {fine: {}}}}
        /other: {servers: [{url: https://b.example.com}], get: {}, put: {servers: [{url: https://a.example.com}]}}
        /broken: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
        /error: {get: {responses: {'404': {content: {application/json: {schema: {$ref: '#/b'}}}}, '200': {}}}}
        /csv: {get: {responses: {'200': {content: {text/csv: {}, application/json: {}}}}}}
        /json: {patch: {requestBody: {content: {application/merge-patch+json: {}}}, responses: {'302': {}}}}
        /loop: {get: {parameters: [{$ref: '#/components/parameters/Loop'}]}}
        /lost: {post: {parameters: [{$ref: '#/components/parameters/A'}], requestBody: {$ref: 'b.yaml'}}}
        /lost-error: {get: {responses: {'404': {$ref: '#/components/responses/A'}, '200': {}}}}
        /lost-path: {$ref: 'c.yaml'}
        /no-object: []
        /star: {get: {responses: {2xx: {content: {'*/*': {}}}}}}
    """)
    components = read("""
        schemas: {A: {properties: {b: {$ref: '#/components/schemas/B'}}}, B: {properties: {c: {$ref: '#/c'}}}}
        parameters: {Loop: {$ref: '#/components/parameters/Loop'}}
    """)
    servers = [{"url": "https://a.example.com"}]
    made = normal({"openapi": "3.1.0", "servers": servers, "paths": paths, "components": components})

    assert {one.operation: one.reason for one in unserved(made.document)} == {
        "POST /form": "a body of multipart/a; an answer 200 of text/csv",
        "GET /other": "a server of its own",
        "GET /server": "a server of its own; an answer 'fine', which is no status",
        "GET /loop": "#/paths/~1loop/get/query/: the reference '#/components/parameters/Loop' leads back to itself",
        "POST /lost": (
            "#/paths/~1lost/post/query/: the reference '#/components/parameters/A' leads to nothing in this document; "
            "#/paths/~1lost/post/requestBody: the reference 'b.yaml' leads to nothing in this document"
        ),
        "GET /broken": "#/components/schemas/B/properties/c: the reference '#/c' leads to nothing in this document",
    }
    assert len(made.document["operations"]) == len(paths) - 1
    assert [one.text for one in made.notes if "lost-path" in one.place] == [
        "the reference 'c.yaml' leads to nothing in this document"
    ]


def test_an_operation_is_left_out_with_all_that_only_it_has() -> None:
    paths = read("""
        /a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
        /b: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/b'}}, text/csv: {}}}}}}
    """)
    spec = {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"A": {"type": "object"}}}}
    without_b, without_any = normal(spec, {"GET /b"}), normal(spec, {"GET /a", "GET /b", "GET /c"})

    assert [*without_b.document["components"]["schemas"]] == ["A"]
    assert (unserved(without_b.document), without_b.notes) == ([], [])
    assert without_any.document["operations"] == {}
    assert without_any.document["components"]["schemas"] == {}
