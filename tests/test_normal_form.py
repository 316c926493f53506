"""The normal form of a document: equal to the document, and written in one way."""

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from normal_forms import document, judge, properties, read, schema_in, values

from codegen.document.normal import normal

COMPONENTS = """
Agent: {type: object, required: [name], properties: {name: {type: string}, voice: {type: string, nullable: true}}}
Call: {type: object, required: [seconds], properties: {seconds: {type: integer}}}
Page: {type: object, required: [data], properties: {page: {type: integer}, data: {type: array, items: {type: object}}}}
Envelope: {type: object, properties: {success: {type: boolean}, data: {}}}
Closed: {type: object, properties: {a: {type: string}}, additionalProperties: false}
Maybe: {type: object, nullable: true, properties: {m: {type: string}}}
MaybeText: {type: [string, 'null']}
Nothing: {type: 'null'}
Kind: {type: string, enum: [a, b], description: A kind.}
Id: {type: string, format: uuid, maxLength: 36, description: An id.}
Alias: {$ref: '#/components/schemas/Agent'}
Also: {allOf: [{$ref: '#/components/schemas/Agent'}]}
OrNull: {oneOf: [{$ref: '#/components/schemas/Agent'}, {type: 'null'}]}
Either: {oneOf: [{$ref: '#/components/schemas/Agent'}, {$ref: '#/components/schemas/Call'}]}
Self: {oneOf: [{type: string}, {$ref: '#/components/schemas/Again'}]}
Again: {oneOf: [{type: integer}, {$ref: '#/components/schemas/Self'}]}
Tree:
  type: object
  required: [name]
  properties: {name: {type: string}, children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}
Nested: {oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Nested'}}]}
Pet:
  type: object
  required: [kind]
  properties: {kind: {type: string}}
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {kind: {const: a}, lives: {type: integer}}}]}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {kind: {const: b}, name: {type: string}}}]}
Secret:
  type: object
  required: [number, pw]
  properties: {number: {type: integer, readOnly: true}, pw: {$ref: '#/components/schemas/Password'}}
Password: {type: string, writeOnly: true}
"""
AGENT, CALL = "{$ref: '#/components/schemas/Agent'}", "{$ref: '#/components/schemas/Call'}"


def ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


@attrs.frozen
class Case:
    """A schema, values that it allows, and what the normal form is if that is of interest."""

    schema: str
    examples: list[Any]
    form: Any = None
    version: str = "3.1.0"


NULL = {"type": "null"}
CASES = {
    "a page of agents": Case(
        f"{{allOf: [{ref('Page')}, {{properties: {{data: {{type: array, items: {AGENT}}}}}}}]}}",
        [{"page": 1, "data": [{"name": "a"}]}, {"data": []}],
    ),
    "a page of calls, and of no other items": Case(
        f"{{allOf: [{ref('Page')}, {{type: object, properties: {{data: {{items: {CALL}}}}}}}]}}",
        [{"data": [{"seconds": 1}]}],
    ),
    "an envelope whose data are narrowed": Case(
        f"{{allOf: [{ref('Envelope')}, {{properties: {{data: {AGENT}}}, required: [data]}}]}}",
        [{"success": True, "data": {"name": "a", "voice": None}}],
    ),
    "an envelope that is not narrowed is only a reference": Case(
        f"{{allOf: [{ref('Envelope')}, {{type: object, description: d}}]}}",
        [{"success": True, "data": 1}],
        read(ref("Envelope")) | {"description": "d"},
    ),
    "an envelope whose property is declared again": Case(
        f"{{allOf: [{ref('Envelope')}, {{type: object, properties: {{success: {{type: boolean}}}}}}]}}",
        [{"success": True, "data": 1}],
    ),
    "a text": Case("{allOf: [{type: string}], description: d}", ["a"], {"type": "string", "description": "d"}),
    "an integer that is a number too": Case("{allOf: [{type: number}, {type: integer}]}", [1], {"type": "integer"}),
    "an array in parts": Case("{allOf: [{type: array}, {items: {type: string}}]}", [["a"]]),
    "an enum with words": Case(
        f"{{allOf: [{ref('Kind')}, {{description: d}}]}}", ["a"], read(ref("Kind")) | {"description": "d"}
    ),
    "an enum that is narrowed": Case(
        f"{{allOf: [{ref('Kind')}, {{enum: [b, c]}}]}}",
        ["b"],
        {"type": "string", "enum": ["b"], "description": "A kind."},
    ),
    "limits": Case(
        f"{{allOf: [{ref('Id')}, {{minLength: 1, pattern: .*}}], description: d}}",
        ["a"],
        read(ref("Id")) | {"description": "d"},
    ),
    "a record with one of two": Case(
        "{allOf: [" + AGENT + ", {oneOf: [{required: [b], properties: {b: {type: string}}}, " + CALL + "]}]}",
        [{"name": "a", "b": "b"}, {"name": "a", "seconds": 1}],
    ),
    "properties beside one of two": Case(
        f"{{type: object, required: [id], properties: {{id: {{type: integer}}}}, oneOf: [{AGENT}, {CALL}]}}",
        [{"id": 1, "name": "a"}, {"id": 1, "seconds": 1}],
    ),
    "a union and more": Case(
        f"{{allOf: [{ref('Either')}, {{required: [id], properties: {{id: {{}}}}}}]}}", [{"id": 1, "name": "a"}]
    ),
    "a closed record that is opened": Case(
        f"{{allOf: [{AGENT}, {{type: object, additionalProperties: true}}]}}", [{"name": "a", "other": 1}]
    ),
    "what is required and not declared": Case(
        "{required: [b, a], properties: {a: {type: string}}, additionalProperties: {type: integer}}",
        [{"a": "a", "b": 1}],
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
            "required": ["b", "a"],
            "additionalProperties": {"type": "integer"},
        },
    ),
    "a closed record": Case(ref("Closed"), [{"a": "a"}]),
    "other properties of one type": Case(
        "{properties: {a: {type: string}}, additionalProperties: {type: integer}}", [{"a": "a", "other": 1}]
    ),
    "a map of nullable records": Case(
        f"{{type: object, additionalProperties: {ref('Maybe')}}}", [{"a": None, "b": {"m": "a"}}]
    ),
    "null alone": Case("{type: 'null', description: d}", [None], {"type": "null", "description": "d"}),
    "null as a constant": Case("{const: null}", [None], NULL),
    "null behind a reference": Case(ref("MaybeText"), [None, "a"], {"anyOf": [read(ref("MaybeText")), NULL]}),
    "null in an allOf": Case(f"{{allOf: [{ref('Maybe')}, {{description: d}}]}}", [None, {"m": "a"}]),
    "null in one part of an allOf": Case(f"{{allOf: [{ref('Maybe')}, {AGENT}]}}", [{"m": "a", "name": "a"}]),
    "null that the schema says itself": Case(f"{{allOf: [{AGENT}], nullable: true}}", [None, {"name": "a"}]),
    "null of a branch": Case(f"{{oneOf: [{AGENT}, {ref('Maybe')}]}}", [None, {"name": "a"}]),
    "null as a branch": Case(
        f"{{anyOf: [{AGENT}, {{type: 'null'}}]}}", [None, {"name": "a"}], {"anyOf": [read(AGENT), NULL]}
    ),
    "null as a branch behind a reference": Case(f"{{anyOf: [{AGENT}, {ref('Nothing')}]}}", [None, {"name": "a"}]),
    "null beside a type": Case("{type: [string, integer, 'null']}", [None, "a", 1]),
    "null in an enum": Case("{type: [string, 'null'], enum: [a, null]}", ["a", None]),
    "null in an enum of 3.0": Case("{type: string, nullable: true, enum: [a]}", ["a", None], version="3.0.3"),
    "null beside a reference": Case(f"{{nullable: true, {AGENT[1:]}", [None, {"name": "a"}], version="3.0.3"),
    "words beside a reference in 3.0": Case(
        f"{{description: d, {AGENT[1:]}", [{"name": "a"}], read(AGENT) | {"description": "d"}, version="3.0.3"
    ),
    "keywords beside a reference in 3.0": Case(
        f"{{properties: {{name: {{type: integer}}}}, {AGENT[1:]}", [{"name": "a"}], read(AGENT), version="3.0.3"
    ),
    "keywords beside a reference in 3.1": Case(f"{{required: [voice], {AGENT[1:]}", [{"name": "a", "voice": None}]),
    "another name": Case(
        f"{{type: array, items: {ref('Alias')}}}", [[{"name": "a"}]], {"type": "array", "items": read(AGENT)}
    ),
    "another name in an allOf": Case(ref("Also"), [{"name": "a"}], read(AGENT)),
    "another name that allows null": Case(ref("OrNull"), [None, {"name": "a"}]),
    "described values": Case(
        "{oneOf: [{const: a, description: A.}, {const: b, description: B.}]}",
        ["a", "b"],
        {"type": "string", "enum": ["a", "b"]},
    ),
    "a value, or any text": Case("{anyOf: [{const: a}, {type: string}]}", ["a", "x"], {"type": "string"}),
    "an enum, or any text": Case("{anyOf: [{enum: [a, b]}, {type: string}]}", ["a", "x"], {"type": "string"}),
    "two formats of text": Case(
        "{anyOf: [{type: string, format: uuid}, {type: string, format: email}]}", ["a"], {"type": "string"}
    ),
    "a date, or a text": Case(
        "{anyOf: [{type: string, format: date}, {type: string}]}", ["2026-01-02", "soon"], {"type": "string"}
    ),
    "a component, or any text": Case(f"{{anyOf: [{ref('Kind')}, {{type: string}}]}}", ["a", "x"]),
    "an enum, or another enum": Case(
        f"{{anyOf: [{ref('Kind')}, {{enum: [c]}}, {{enum: [d]}}]}}",
        ["a", "c", "d"],
        {"anyOf": [read(ref("Kind")) | {"description": "A kind."}, {"type": "string", "enum": ["c", "d"]}]},
    ),
    "the same branch twice": Case(f"{{oneOf: [{AGENT}, {AGENT}]}}", [{"name": "a"}], read(AGENT)),
    "a branch that is true": Case("{anyOf: [true, {type: string}]}", [1, "a"], {}),
    "a branch that allows anything": Case(f"{{anyOf: [{AGENT}, {{}}]}}", [{"name": "a"}, 1], {}),
    "unions in a union": Case(
        f"{{oneOf: [{ref('Either')}, {{type: array, items: {AGENT}}}, {ref('Either')}, {{type: string}}]}}",
        [{"name": "a"}, {"seconds": 1}, [], "a"],
        {"anyOf": [read(AGENT), read(CALL), {"type": "array", "items": read(AGENT)}, {"type": "string"}]},
    ),
    "a union in a union, with more beside it": Case(
        f"{{required: [z], oneOf: [{ref('Either')}, {{properties: {{b: {{type: string}}}}}}]}}",
        [{"name": "a", "z": 1}, {"b": "b", "z": 1}],
    ),
    "a branch that is a union": Case(
        f"{{oneOf: [{{type: string}}, {{oneOf: [{{type: integer}}, {AGENT}]}}]}}",
        ["a", 1, {"name": "a"}],
        {"anyOf": [{"type": "string"}, {"type": "integer"}, read(AGENT)]},
    ),
    "an integer, or a number": Case("{anyOf: [{type: integer}, {type: number}]}", [1, 1.5], {"type": "number"}),
    "a date, or a number": Case(
        "{type: [integer, string], format: date}",
        [1, "2026-01-02"],
        {"anyOf": [{"type": "integer"}, {"type": "string", "format": "date"}]},
    ),
    "all types": Case(
        "{type: [string, number, integer, boolean, object, array, 'null']}", [None, "a", 1.5, True, {}, []]
    ),
    "a constant": Case("{const: 1}", [1], {"type": "integer", "const": 1}),
    "an enum of numbers": Case("{type: number, enum: [0.5, 1, 2]}", [0.5, 1], {"type": "number", "enum": [0.5, 1, 2]}),
    "an enum of several types": Case("{enum: [a, 1, true]}", ["a", 1, True]),
    "an enum without values": Case("{type: string, enum: []}", ["a"], {"type": "string"}),
    "any value": Case("{type: object, properties: {a: true, b: {}}}", [{"a": 1, "b": None}]),
    "an object without a type": Case("{properties: {a: {type: string}}}", [{"a": "a"}]),
    "dates": Case(
        "{properties: {a: {type: string, format: date}, b: {type: string, format: date-time}}}",
        [{"a": "2026-01-02", "b": "2026-01-02T03:04:05Z"}],
    ),
    "a tree": Case(ref("Tree"), [{"name": "a", "children": [{"name": "b", "children": []}]}]),
    "arrays in arrays": Case(ref("Nested"), ["a", ["a", ["b"]]]),
}
WIDENED = {
    "two unions beside each other": Case(
        f"{{anyOf: [{AGENT}, {CALL}], oneOf: [{{properties: {{b: {{type: string}}}}}}, {{required: [c]}}]}}",
        [{"name": "a", "b": "b"}, {"seconds": 1, "c": 1}],
    ),
    "a closed record in 3.1": Case("{properties: {a: {type: string}}, unevaluatedProperties: false}", [{"a": "a"}]),
    "closed, but for a pattern": Case(
        "{type: object, patternProperties: {^b: {type: integer}}, additionalProperties: false}", [{"b": 1}]
    ),
    "two formats that are read": Case(
        "{anyOf: [{type: string, format: date}, {type: string, format: date-time}]}",
        ["2026-01-02", "2026-01-02T03:04:05Z"],
    ),
    "an enum of another type": Case("{type: string, enum: [a, 1, null]}", ["a", None]),
    "null beside parts that exclude each other": Case(
        "{anyOf: [{type: integer}, {nullable: true, allOf: [{type: string}, {type: number}]}]}", [1, None]
    ),
    "what is required of one of two": Case(
        "{type: object, properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {required: [b]}]}",
        [{"a": "a"}],
    ),
    "closed parts": Case(f"{{allOf: [{ref('Closed')}, {{properties: {{b: {{type: string}}}}}}]}}", [{"a": "a"}]),
    "a union that closes a record": Case(
        "{type: object, unevaluatedProperties: false, properties: {a: {type: string}},"
        " anyOf: [{properties: {b: {type: string}}}, {properties: {c: {type: string}}}]}",
        [{"a": "a", "b": "b", "c": "c"}],
    ),
    "a union in a part of a closed record": Case(
        f"{{allOf: [{ref('Either')}, {{properties: {{z: {{type: string}}}}}}], unevaluatedProperties: false}}",
        [{"name": "a", "seconds": 1, "z": "z"}],
    ),
    "parts that exclude each other": Case("{properties: {a: {allOf: [{type: string}, {type: integer}]}}}", [{}]),
    "not": Case("{type: object, properties: {a: {type: string, not: {const: a}}}}", [{"a": "b"}]),
    "items by their place": Case("{type: array, prefixItems: [{type: string}], items: {type: integer}}", [["a", 1]]),
    "properties by a pattern": Case(
        "{type: object, properties: {a: {type: string}}, patternProperties: {^b: {type: integer}}}",
        [{"a": "a", "b": 1}],
    ),
}


def spec_of(case: Case) -> Any:
    return document(read(case.schema), read(COMPONENTS), case.version)


@pytest.mark.parametrize("name", CASES)
def test_a_value_is_valid_by_the_normal_form_if_and_only_if_it_is_by_the_document(name: str) -> None:
    spec = spec_of(CASES[name])
    original, rewritten = judge(spec, is_3_0=CASES[name].version == "3.0.3"), judge(normal(spec).document)

    @settings(max_examples=50, deadline=None, derandomize=True)
    @given(values(spec, CASES[name].examples))
    def check(value: Any) -> None:
        assert original.is_valid(value) == rewritten.is_valid(value)

    for example in CASES[name].examples:
        assert original.is_valid(example)
    check()


@pytest.mark.parametrize("name", WIDENED)
def test_where_a_document_cannot_be_expressed_the_normal_form_allows_more(name: str) -> None:
    spec = spec_of(WIDENED[name])
    original, rewritten = judge(spec), judge(normal(spec).document)

    @settings(max_examples=50, deadline=None, derandomize=True)
    @given(values(spec, WIDENED[name].examples))
    def check(value: Any) -> None:
        assert rewritten.is_valid(value) or not original.is_valid(value)

    check()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.form is not None])
def test_the_normal_form_says_everything_in_one_way(name: str) -> None:
    assert schema_in(normal(spec_of(CASES[name])).document) == CASES[name].form


def test_null_may_be_written_without_quotes_and_a_type_as_in_python() -> None:
    schema = """
        properties:
          a: {type: [string, null]}
          b: {anyOf: [{type: integer}, {type: null}]}
          c: {type: null, properties: {d: {type: bool}}}
    """
    assert schema_in(normal(document(read(schema))).document)["properties"] == {
        "a": {"anyOf": [{"type": "string"}, NULL]},
        "b": {"anyOf": [{"type": "integer"}, NULL]},
        "c": {"type": "object", "properties": {"d": {"type": "boolean"}}},
    }


def test_a_union_may_contain_itself() -> None:
    written = normal(document(read(ref("Self")), read(COMPONENTS))).document["components"]["schemas"]

    assert written == {"Self": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}


@pytest.mark.parametrize(
    ("direction", "valid"), [("readOnly", {"pw": "a", "z": 1}), ("writeOnly", {"number": 1, "z": 1})]
)
def test_a_property_of_the_other_direction_is_not_required(direction: str, valid: Any) -> None:
    schema = f"{{allOf: [{ref('Secret')}, {{required: [z], properties: {{z: {{type: integer}}}}}}]}}"
    spec = document(read(schema), read(COMPONENTS))
    hidden = {"readOnly": {"number"}, "writeOnly": {"pw"}}[direction]
    rewritten = normal(spec).document
    original, written = judge(spec, hidden), judge(rewritten, hidden)

    assert {name for name, node in properties(schema_in(rewritten)) if node.get(direction)} == hidden
    for value in [valid, *({**valid, key: None} for key in valid), {"z": 1}, {}]:
        assert original.is_valid(value) == written.is_valid(value) == (value == valid)


def test_a_branch_of_a_union_may_contain_the_union() -> None:
    written = normal(document(read(ref("Pet")), read(COMPONENTS))).document["components"]["schemas"]

    assert written["Pet"] == {"anyOf": [read(ref("Cat")), read(ref("Dog"))]}
    assert written["Cat"]["properties"] == {"kind": {"type": "string", "const": "a"}, "lives": {"type": "integer"}}
    assert written["Dog"]["required"] == ["kind"]
