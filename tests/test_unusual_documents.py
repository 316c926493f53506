"""What few documents have: tags of nested unions, bodies of several JSON types, examples without end."""

import json
from pathlib import Path
from typing import Any

import pytest
from edits import FIRST
from normal_forms import document, read, schema_in

from codegen import generate
from codegen.document.forms import Forms
from codegen.document.normal import normal
from codegen.document.served import unserved
from codegen.generate import generate_each, planned
from codegen.package.examples import examples

A_BC = """
    A: {type: object, required: [kind], properties: {kind: {type: string}}}
    B: {type: object, required: [kind], properties: {kind: {type: string}}}
    C: {type: object, required: [kind], properties: {kind: {type: string}}}
    BC: {oneOf: [<B>, <C>], discriminator: {propertyName: kind, mapping: {b: B, c: C}}}
    Loop: {oneOf: [<A>, <Back>], discriminator: {propertyName: kind, mapping: {a: A, b: Back}}}
    Back: {oneOf: [<B>, <Loop>], discriminator: {propertyName: kind, mapping: {b: B, a: Loop}}}
"""


def tags(schema: str, components: str) -> dict[Any, str]:
    """Return the names of the components of a union by their tags."""
    made = normal(document(read(schema), read(components))).document
    found = Forms(made).tags(schema_in(made))
    assert found is not None
    names = {tag: branch["$ref"].rpartition("/")[2] for tag, branch in found.branches.items()}
    return {tag: name for tag, name in names.items() if tag != name}  # a name is a tag too


def test_the_tags_of_a_union_within_a_union_lead_to_its_branches() -> None:
    outer = "{oneOf: [<A>, <BC>], discriminator: {propertyName: kind, mapping: {a: A, b: BC, c: BC}}}"
    assert tags(outer, A_BC) == {"a": "A", "b": "B", "c": "C"}
    assert tags("<Loop>", A_BC)["a"] == "A"  # it ends


@pytest.mark.parametrize(
    ("discriminator", "expected"),
    [
        ("{propertyName: kind}", {"cat": "Cat", "dog": "Dog"}),
        ("{propertyName: kind, mapping: {feline: Cat, canine: Dog}}", {"feline": "Cat", "canine": "Dog"}),
    ],
)
def test_a_default_is_the_tag_where_there_is_no_mapping(discriminator: str, expected: dict[str, str]) -> None:
    pets = """
        Cat: {type: object, properties: {kind: {type: string, default: cat}}}
        Dog: {type: object, properties: {kind: {type: string, default: dog}}}
    """
    assert tags(f"{{oneOf: [<Cat>, <Dog>], discriminator: {discriminator}}}", pets) == expected


def test_a_reference_leads_into_a_list() -> None:
    part = {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}
    spec = document({"$ref": "#/components/schemas/A/allOf/0"}, {"A": {"allOf": [part, {"type": "object"}]}})
    made = normal(spec).document
    assert Forms(made).resolved(schema_in(made)) == part
    for lost in ("2", "x", "-1"):
        text = json.dumps(spec).replace("allOf/0", f"allOf/{lost}")
        assert any("leads to nothing" in one.reason for one in unserved(normal(json.loads(text)).document))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{application/json: {schema: {}}}", ""),
        ("{application/json; charset=utf-8: {schema: {}}}", ""),
        ("{application/json-patch+json: {schema: {type: array}}}", "application/json-patch+json"),
        (
            "{application/json-patch+json: {schema: {}}, application/merge-patch+json: {schema: <ChatV1Error>}}",
            "application/merge-patch+json",
        ),
        ("{application/vnd.b+json: {schema: {}}, application/vnd.a+json: {schema: {}}}", "application/vnd.b+json"),
        ("{application/vnd.b+json: {schema: {}}, application/json: {schema: {}}}", ""),
    ],
)
def test_a_body_is_sent_as_the_type_of_its_record_or_else_as_json(content: str, expected: str) -> None:
    patch = {"requestBody": {"content": read(content)}, "responses": {"204": {"description": "x"}}}
    package = planned(json.dumps(FIRST | {"paths": {"/a": {"patch": patch}}}).encode())
    [function] = package.functions

    assert function.endpoint.get("content_type", "") == (repr(expected) if expected else "")
    others = [name for name in read(content) if name != (expected or "application/json") and ";" not in name]
    assert [one.text for one in package.findings] == ([f"only as JSON, not as {', '.join(others)}"] if others else [])


def test_a_recursive_schema_with_an_example_of_a_part_has_a_finite_example() -> None:
    node = {"type": "object", "required": ["child"], "properties": {"child": {"$ref": "#/components/schemas/Node"}}}
    node["example"] = {"name": "x"}
    made = normal(document({"$ref": "#/components/schemas/Node"}, {"Node": node})).document

    assert examples(Forms(made), {"POST /a": "post_a"})["POST /a"]["answers"]["200"]["body"] == {"name": "x"}


def test_a_document_that_fails_in_any_way_does_not_lose_those_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planned_or_not(content: bytes, *arguments: Any, **options: Any) -> Any:
        if content == b"deep":
            raise RecursionError("a fault")
        return planned(content, *arguments, **options)

    monkeypatch.setattr(generate, "planned", planned_or_not)
    (tmp_path / "a.yaml").write_bytes(b"deep")
    (tmp_path / "b.yaml").write_text(json.dumps(FIRST), encoding="utf-8")

    assert generate_each([tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "into", leaves_out=False) == 0
    assert "RecursionError: a fault" in (tmp_path / "into" / "a" / "refused.txt").read_text(encoding="utf-8")
    assert (tmp_path / "into" / "b" / "osvi_openapi" / "py.typed").exists()
