"""The formats of strings: typed, read, written, sent, checked and shown in examples as they are declared."""

import json
from pathlib import Path
from typing import Any

from repository import Repository

from codegen.document.reading import load

TIME = 'Time: Final = Format("time", time, example="10:30:00", convert=time.fromisoformat, json=time.isoformat)'
# A format that is added to the declarations of a copy: what is replaced there, and by what.
ADDED = {
    "import UTC, date,": "import UTC, time, date,",
    "# By their names.": f"{TIME}\n\n#",
    "(DateTime, Date, Uuid)": "(DateTime, Date, Uuid, Time)",
}
TYPES = {
    "date": "datetime.date",
    "date-time": "datetime.datetime",
    "time": "datetime.time",
    "uuid": "str",
}

USE = """
import json
import osvi
from osvi.testing import Sandbox
from osvi_runtime.formats import FORMATS

def refusal(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except osvi.InvalidDataError as error:
        return error.expected

sandbox, types = Sandbox(), {}
with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
    for name, one in FORMATS.items():
        function = getattr(osvi.operations, f"post_v1_{name.replace('-', '_')}_in_path")
        arguments = dict.fromkeys(["in_path", "in_query", "in_header", "in_body"], one.convert(one.example))
        answer = client.send(function(**arguments))
        assert type(answer.value) is one.type and answer.value == answer.values[0] == one.convert(one.example)
        assert type(answer).from_dict(answer.to_dict()) == answer
        assert answer.to_dict() == {"value": one.example, "values": [one.example]}
        request = sandbox.requests[-1]
        assert dict(request.path_params) == {"in_path": one.example}
        assert request.query == (("in_query", one.example),)
        assert request.headers["in-header"] == one.example
        assert request.json == {"in_body": one.example}

        expected = "a string" if one.type is str else f"a {name}"
        assert refusal(type(answer).from_dict, {"value": 7}) == expected
        assert refusal(sandbox.reply, request.operation, data={"value": 7}) == expected
        for place in arguments:
            assert refusal(function, **arguments | {place: 7}) == expected
        for check in (type(answer).from_dict, lambda data: sandbox.reply(request.operation, data=data, times=1)):
            assert refusal(check, {"value": "x"}) == (None if one.type is str else expected)
        sandbox.recover()
        types[name] = [*{*function.__annotations__.values()} - {f"Operation[{type(answer).__name__}]"}]
        types[name] += [type(answer).__annotations__["value"]]
print(json.dumps(types))
"""


def test_a_format_is_served_everywhere_by_its_declaration_alone(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    declarations = repository.root / "wrapper" / "osvi_runtime" / "formats.py"
    text = declarations.read_text(encoding="utf-8")
    for old, new in ADDED.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    declarations.write_text(text, encoding="utf-8")
    spec = load(repository.openapi)
    for name in TYPES:
        spec["paths"][f"/v1/{name}/{{in_path}}"] = {"post": operation({"type": "string", "format": name})}
    repository.openapi.write_text(json.dumps(spec), encoding="utf-8")
    repository.make()

    assert json.loads(repository.output("-W", "error", "-c", USE)) == {
        name: [type_, f"{type_} | None"] for name, type_ in TYPES.items()
    }
    repository.check_types()


def operation(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an operation whose arguments and answer are strings of one format."""
    body, answer = (
        {"content": {"application/json": {"schema": {"type": "object", "properties": properties, **more}}}}
        for properties, more in (
            ({"in_body": schema}, {"required": ["in_body"]}),
            ({"value": schema, "values": {"type": "array", "items": schema}}, {}),
        )
    )
    return {
        "parameters": [
            {"name": name, "in": location, "required": True, "schema": schema}
            for name, location in {"in_path": "path", "in_query": "query", "in-header": "header"}.items()
        ],
        "requestBody": {"required": True, **body},
        "responses": {"200": {"description": "x", **answer}},
    }
