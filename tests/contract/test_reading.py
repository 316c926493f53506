"""A spec says one thing in many spellings: each is read as what it means."""

from typing import Any

import pytest
from reading import bare, kind, record, resolve, shape

SPEC: dict[str, Any] = {
    "components": {
        "schemas": {
            "Name": {"type": "string", "format": "date-time"},
            "A/B~C": {"type": "integer"},
            "Person": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Loop": {"$ref": "#/components/schemas/Pool"},
            "Pool": {"$ref": "#/components/schemas/Loop"},
        }
    }
}
PERSON = {"$ref": "#/components/schemas/Person"}


@pytest.mark.parametrize(
    ("schema", "meaning"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "uuid"}, "string"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "enum": ["a"]}, "enum of strings"),
        ({"type": "string", "const": "a"}, "enum of strings"),
        ({"type": "integer", "enum": [1]}, "integer"),
        ({"type": "integer", "format": "int64"}, "integer"),
        ({"type": "integer", "format": "date"}, "integer"),
        ({"type": "object", "format": "date", "enum": [{}]}, "object"),
        ({"type": "array", "items": {"type": "string", "format": "date-time"}}, "array of date-time"),
        ({"type": "array"}, "array of anything"),
        ({"properties": {}}, "object"),
        ({}, "anything"),
        (None, "anything"),
        # or null
        ({"type": "string", "nullable": True}, "string or null"),
        ({"type": "string", "nullable": False}, "string"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": ["null", "integer"]}, "integer or null"),
        ({"type": ["boolean", "string"]}, "boolean | string"),
        ({"type": ["null"]}, "null"),
        ({"type": "null"}, "null"),
        ({"type": ["string"]}, "string"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"oneOf": [{"type": "null"}, {"type": "string", "enum": ["a"]}]}, "enum of strings or null"),
        ({"anyOf": [{"type": "boolean"}, {"type": "integer"}]}, "boolean | integer"),
        # references
        ({"$ref": "#/components/schemas/Name"}, "date-time"),
        ({"$ref": "#/components/schemas/A~1B~0C"}, "integer"),
        ({"$ref": "#/components/schemas/Nobody"}, "anything"),
        ({"$ref": "#/components/schemas/Loop"}, "anything"),
        ({"$ref": "https://elsewhere.example/x.yaml"}, "anything"),
        ({"allOf": [{"$ref": "#/components/schemas/Name"}], "description": "When."}, "date-time"),
        ({"allOf": [{"$ref": "#/components/schemas/Name"}], "nullable": True}, "date-time or null"),
        ({"zeta": 1, "allOf": [{"type": "string"}], "Alpha": 1}, "string"),
    ],
)
def test_a_schema_is_read_as_what_it_means(schema: Any, meaning: str) -> None:
    assert kind(SPEC, schema) == meaning


def test_the_parts_of_an_all_of_are_merged_and_it_has_the_last_word() -> None:
    own = {"required": ["a"], "a_note": 1}
    parts = [{"properties": {"a": 1, "b": 1}, "required": []}, {"properties": {"b": 2}}]
    merged = resolve(SPEC, {"allOf": parts, "properties": {"c": 3}, **own})

    assert merged == {"properties": {"a": 1, "b": 2, "c": 3}, **own}


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        (PERSON, "a record"),
        ({"type": "object", "additionalProperties": PERSON}, "a map of records"),
        ({"type": "array", "items": PERSON}, "a list of records"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object"),
        ({"type": "object", "additionalProperties": True}, "object"),
        ({"type": "array", "items": {"type": "string"}}, "array of string"),
        ({"type": "null"}, "null"),
    ],
)
def test_data_has_a_shape(schema: Any, name: str) -> None:
    assert shape(SPEC, schema) == name
    has_records = name.endswith(("record", "records"))
    assert record(SPEC, schema) == (SPEC["components"]["schemas"]["Person"] if has_records else {})


@pytest.mark.parametrize(
    ("name", "python"),  # what openapi-python-client 0.29.1 makes of it
    [
        ("customer_id", "customer_id"),
        ("customerID", "customer_id"),
        ("X-API-Token", "x_api_token"),
        ("page[size]", "pagesize"),
        ("agentUUIDs", "agent_uui_ds"),
        ("sha256Sum", "sha_256_sum"),
        ("class", "class_"),
    ],
)
def test_a_parameter_and_its_argument_have_one_bare_name(name: str, python: str) -> None:
    assert bare(name) == bare(python)
    assert bare(name) != bare(python + "s")
