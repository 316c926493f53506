"""The normal form of a document: equal to the document, and written in one way."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from normal_forms import document, judge, properties, read, schema_in, values

from codegen.document.normal import normal

SPECS = read((Path(__file__).parent / "specs" / "normal_forms.yaml").read_text("utf-8"))
COMPONENTS, EQUAL, WIDER = SPECS["components"], SPECS["equal"], SPECS["wider"]


def spec_of(case: Any) -> Any:
    return document(case["schema"], COMPONENTS, case.get("version", "3.1.0"))


@pytest.mark.parametrize("name", EQUAL)
def test_a_value_is_valid_by_the_normal_form_if_and_only_if_it_is_by_the_document(name: str) -> None:
    spec = spec_of(EQUAL[name])
    original, rewritten = judge(spec, is_3_0="version" in EQUAL[name]), judge(normal(spec).document)

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(values(spec, EQUAL[name]["examples"]))
    def check(value: Any) -> None:
        assert original.is_valid(value) == rewritten.is_valid(value)

    for example in EQUAL[name]["examples"]:
        assert original.is_valid(example)
    check()


@pytest.mark.parametrize("name", WIDER)
def test_where_a_document_cannot_be_expressed_the_normal_form_allows_more(name: str) -> None:
    spec = spec_of(WIDER[name])
    original, rewritten = judge(spec), judge(normal(spec).document)

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(values(spec, WIDER[name]["examples"]))
    def check(value: Any) -> None:
        assert rewritten.is_valid(value) or not original.is_valid(value)

    check()


@pytest.mark.parametrize("name", [name for name, case in EQUAL.items() if "form" in case])
def test_the_normal_form_says_everything_in_one_way(name: str) -> None:
    assert schema_in(normal(spec_of(EQUAL[name])).document) == EQUAL[name]["form"]


def test_null_may_be_written_without_quotes_and_a_type_as_in_python() -> None:
    schema = """
        properties:
          a: {type: [string, null]}
          b: {anyOf: [{type: integer}, {type: null}]}
          c: {type: null, properties: {d: {type: bool}}}
    """
    assert schema_in(normal(document(read(schema))).document)["properties"] == {
        "a": {"type": "string", "nullable": True},
        "b": {"type": "integer", "nullable": True},
        "c": {"type": "object", "properties": {"d": {"type": "boolean"}}},
    }


def test_a_union_may_contain_itself() -> None:
    written = normal(document(read("<Self>"), COMPONENTS)).document["components"]["schemas"]

    assert written == {"Self": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}


@pytest.mark.parametrize(
    ("direction", "valid"), [("readOnly", {"pw": "a", "z": 1}), ("writeOnly", {"number": 1, "z": 1})]
)
def test_a_property_of_the_other_direction_is_not_required(direction: str, valid: Any) -> None:
    schema = "{allOf: [<Secret>, {required: [z], properties: {z: {type: integer}}}]}"
    spec = document(read(schema), COMPONENTS)
    hidden = {"readOnly": {"number"}, "writeOnly": {"pw"}}[direction]
    rewritten = normal(spec).document
    original, written = judge(spec, hidden), judge(rewritten, hidden)

    assert {name for name, node in properties(schema_in(rewritten)) if node.get(direction)} == hidden
    for value in [valid, *({**valid, key: None} for key in valid), {"z": 1}, {}]:
        assert original.is_valid(value) == written.is_valid(value) == (value == valid)


def test_a_branch_of_a_union_may_contain_the_union() -> None:
    written = normal(document(read("<Pet>"), COMPONENTS)).document["components"]["schemas"]

    assert written["Pet"] == {"anyOf": read("[<Cat>, <Dog>]")}
    assert written["Cat"]["properties"] == {"kind": {"type": "string", "const": "a"}, "lives": {"type": "integer"}}
    assert written["Dog"]["required"] == ["kind"]
