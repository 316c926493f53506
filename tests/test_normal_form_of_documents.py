"""The normal form of the parts of a document other than schemas, and of whole documents."""

import copy
from pathlib import Path
from typing import Any

import pytest
from normal_forms import document, read, schema_in

from codegen.document.normal import normal, schemas as schemas_module
from codegen.document.normal.meaning import meet
from codegen.document.served import unserved

SPEC = read((Path(__file__).parent / "specs" / "parts.yaml").read_text("utf-8"))


def test_operations_have_all_that_they_need_without_references() -> None:
    before = copy.deepcopy(SPEC)
    made = normal(SPEC)

    tag, put = {"$ref": "#/components/schemas/Tag"}, "#/paths/~1a~1{id}/put"
    body = {
        "required": True,
        "place": f"{put}/requestBody",
        "content_type": "application/merge-patch+json",
        "schema": {"type": "object", "nullable": True, "examples": [{"a": 1}]},
    }
    assert made.document["operations"] == {
        "PUT /a/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "place": f"{put}/path/id"},
                {
                    "name": "limit",
                    "in": "query",
                    "description": "d",
                    "schema": {"type": "number"},
                    "place": f"{put}/query/limit",
                },
                {
                    "name": "tags",
                    "in": "query",
                    "explode": False,
                    "schema": {"type": "array", "items": tag},
                    "place": f"{put}/query/tags",
                },
            ],
            "requestBody": body,
            "responses": {
                "2XX": {
                    "description": "OK",
                    "content_type": "application/json",
                    "schema": tag | {"examples": ["x"]},
                    "place": f"{put}/responses/2xx",
                },
                "default": {"description": "No."},
            },
        },
        "GET /b": {
            "servers": [{"url": "https://b.example.com"}],
            "parameters": [],
            "responses": {},
        },
    }
    assert made.document["components"] == {
        "schemas": {"Tag": {"type": "string", "enum": ["x", "y"]}},
        "securitySchemes": SPEC["components"]["securitySchemes"],
    }
    assert made.document["openapi"] == "3.1.0"
    assert {key: made.document[key] for key in ("info", "servers")} == {key: SPEC[key] for key in ("info", "servers")}
    assert [(one.place, one.text) for one in made.notes] == [
        ("#/paths/~1a~1{id}/put/callbacks/done", "passed over"),
        ("#/paths/~1a~1{id}/put/requestBody", "only as JSON, not as multipart/form-data"),
        ("#/paths/~1a~1{id}/put/responses/2xx", "only as JSON, not as text/csv"),
        ("#/webhooks/ring", "passed over"),
    ]
    assert before == SPEC


@pytest.mark.parametrize(
    ("schema", "place", "text"),
    [
        (
            "{$ref: '#/components/schemas/Nobody'}",
            "",
            "the reference '#/components/schemas/Nobody' leads to nothing in this document",
        ),
        ("{$ref: 'other.yaml#/A'}", "", "the reference 'other.yaml#/A' leads to nothing in this document"),
        ("{$ref: '#/components/schemas/Loop'}", "", "the reference '#/components/schemas/Loop' leads back to itself"),
        ("{properties: {a: {type: whole}}}", "/properties/a", "'whole' is not a type of JSON"),
        ("{$ref: '#/components/schemas/Wrong'}", "", "'whole' is not a type of JSON"),
        (
            "{properties: {a: {allOf: [{type: string}, {$ref: '#/components/schemas/Nobody'}]}}}",
            "/properties/a",
            "the reference '#/components/schemas/Nobody' leads to nothing in this document",
        ),
    ],
)
def test_what_is_wrong_in_a_schema_is_found_at_its_place(schema: str, place: str, text: str) -> None:
    components = read("{Loop: {$ref: '#/components/schemas/Loop'}, Wrong: {type: whole}}")
    made = normal(document(read(schema), components))

    answer = "#/paths/~1a/post/responses/200"
    assert f"{answer}{place}" in {finding.place for finding in made.notes}
    assert {finding.text for finding in made.notes} == {text}
    assert f"{answer}{place}: {text}" in unserved(made.document)[0].reason


def test_a_schema_that_nothing_uses_can_be_wrong() -> None:
    made = normal(document({"type": "string"}, {"Wrong": {"$ref": "#/nowhere"}}))

    assert made.notes == []
    assert made.document["components"]["schemas"] == {}


@pytest.mark.parametrize(
    ("schema", "components", "place", "text"),
    [
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, {}, "", "its parts have no value in common"),
        (
            read("{oneOf: [{type: string}, {type: integer}], anyOf: [{type: string}, {type: boolean}]}"),
            {},
            "",
            "it has more than one union",
        ),
        (
            {"$ref": "#/components/schemas/Node"},
            read("Node: {properties: {next: {allOf: [{$ref: '#/components/schemas/Node'}, {properties: {a: {}}}]}}}"),
            "/properties/next",
            "it contains itself",
        ),
        ({"items": {"type": "integer", "enum": ["1"]}}, {}, "/items", "its 'enum' is passed over"),
        (
            {"$ref": "#/components/schemas/Pair"},
            read("Pair: {prefixItems: [{}]}"),
            "/Pair",
            "its 'prefixItems' is passed over",
        ),
    ],
)
def test_what_cannot_be_expressed_becomes_any_value_with_a_note(
    schema: Any, components: Any, place: str, text: str
) -> None:
    made = normal(document(schema, components))

    assert {finding.text for finding in made.notes} == ({text} if text else set())
    assert all(finding.place.endswith(place) for finding in made.notes)


def reversed_objects(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: reversed_objects(value) for key, value in reversed(node.items())}
    return [*map(reversed_objects, node)] if isinstance(node, list) else node


def test_the_order_of_objects_does_not_matter() -> None:
    one, two = normal(SPEC), normal(reversed_objects(SPEC))

    assert one == two
    assert [*one.document["components"]["schemas"]] == [*two.document["components"]["schemas"]]


def test_a_place_that_is_no_component_becomes_one() -> None:
    spec = document(
        {"properties": {"a": {"$ref": "#/components/schemas/A/properties/b"}}},
        read("A: {properties: {b: {properties: {c: {type: string}}}}}"),
    )
    made = normal(spec).document

    assert schema_in(made)["properties"] == {"a": {"$ref": "#/components/schemas/A_properties_b"}}
    assert [*made["components"]["schemas"]] == ["A_properties_b"]


def test_the_work_grows_with_the_document_and_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(size: int) -> int:
        steps = 0

        def counted(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            return meet(*arguments)

        page = {"properties": {"data": {"type": "array"}}}
        components: Any = {"Page": {"type": "object", **page}}
        for index in range(size):
            properties = {
                name: {"$ref": f"#/components/schemas/P{(index + step) % size}"} for step, name in enumerate("abc")
            }
            components[f"P{index}"] = {"allOf": [{"$ref": "#/components/schemas/Page"}, {"properties": properties}]}
        with monkeypatch.context() as patch:
            patch.setattr(schemas_module, "meet", counted)
            assert (
                len(normal(document({"$ref": "#/components/schemas/P0"}, components)).document["components"]["schemas"])
                == size
            )
        return steps

    assert work(200) <= 2.1 * work(100)
