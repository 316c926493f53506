"""The surface: a line for each fact about the generated package that users may rely on.

``surface.txt`` has the lines that are promised to users. ``./generate.sh`` adds new lines to it and deletes none.
"""

import ast
import inspect
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import attrs
from osvi_runtime import Choice, Model, OpenEnum, Record

from codegen import CODEGEN
from codegen.document.forms import Forms
from codegen.document.normal.document import schema_in
from codegen.document.reading import Node, server, token_header

PROMISED = CODEGEN / "surface.txt"
NEEDS = ": needs "
# A union that tags tell apart. Its branches are promised one by one.
TAGGED = r"(?:\w+ \| )+UnknownModel"


def imported(folder: Path) -> ModuleType:
    """Return the generated package in a folder, under a name of its own, since there may be one of each document."""
    package = ModuleType(f"generated_{uuid4().hex}")
    package.__path__ = [os.fspath(folder)]
    sys.modules[package.__name__] = package
    return package


def offered(package: ModuleType) -> set[str]:
    """Return the lines of a generated package."""
    models, operations = (import_module(f"{package.__name__}.{name}") for name in ("models", "operations"))
    document = json.loads(Path(package.__path__[0], "openapi.json").read_text(encoding="utf-8"))
    forms = Forms(document)
    classes = {name: getattr(models, name) for name in models.__all__}
    functions = {name: getattr(operations, name) for name in operations.__all__}
    found = {f"server: {server(document)}", f"token header: {token_header(document).lower()}"}
    found |= {f"models.{name}{line}" for name, cls in classes.items() for line in _class(cls)}
    for name, function in functions.items():
        found |= {f"operations.{name}{line}" for line in _operation(function, document, forms)}
    signatures = [inspect.signature(function) for function in functions.values()]
    parameters = [parameter for signature in signatures for parameter in signature.parameters.values()]
    # The classes that users make, since arguments have them.
    records = _records(" ".join(parameter.annotation for parameter in parameters), classes, set())
    return found | {f"models.{name}{NEEDS}{_needed(inspect.signature(classes[name]))}" for name in records}


def _class(cls: Any) -> Iterator[str]:
    """Yield the lines of a class, without its name."""
    if issubclass(cls, OpenEnum):
        yield ": an enum"
        yield from (f".{member.name}: {json.dumps(member.value)}" for member in cls)
    elif issubclass(cls, Choice):
        functions = {name: value for name, value in vars(cls).items() if inspect.isfunction(value)}
        methods = {name: function.__annotations__["return"] for name, function in functions.items()}
        yield f": one of {_union(' | '.join(methods.values()))}"
        yield from (line for name, type_ in methods.items() for line in _typed(f".{name}()", type_))
    else:
        yield ": a record"
        types = {field.name: field.type for field in attrs.fields(cls)}
        for name, property_ in Record(cls).table.properties.items():
            field = property_.field
            in_json = "" if name == field else f" ({json.dumps(name)} in JSON)"
            yield from _typed(f".{field}", types[field], in_json)
            yield from (f".{field}: may be {json.dumps(value)}" for value in _listed(property_.reader))


def _listed(reader: Any) -> Iterable[Any]:
    """Return the values that the spec lists for a property, if there is no enum class for them."""
    inner = getattr(reader, "item", None) or getattr(reader, "value", None)
    return getattr(reader, "values", ()) if inner is None else _listed(inner)


def _records(types: str, classes: Mapping[str, Any], found: set[str]) -> set[str]:
    """Return the names of the records in ``types`` and, recursively, in the fields of these records."""
    for name in (classes.keys() & {*re.findall(r"\w+", types)}) - found:
        if issubclass(classes[name], Model):
            found.add(name)
            _records(" ".join(field.type for field in attrs.fields(classes[name])), classes, found)
    return found


def _operation(function: Any, document: Node, forms: Forms) -> Iterator[str]:
    """Yield the lines of an operation, without its name."""
    endpoint, signature = function.__globals__["ENDPOINT"], inspect.signature(function)
    value, *whole = _arguments(ast.parse(signature.return_annotation, mode="eval").body)
    yield f": {endpoint.name}"
    yield f"{NEEDS}{_needed(signature)}"
    types = {f".{name}": parameter.annotation for name, parameter in signature.parameters.items()}
    types |= dict(zip(("()", "().whole"), (value, *whole), strict=False))
    yield from (line for name, type_ in types.items() for line in _typed(name, type_))
    yield from (["(): never None"] if _members(value).isdisjoint({"None", "Any"}) else [])
    yield from (f": answers {status}" for status in (*endpoint.answers, *endpoint.errors))
    responses = document["paths"][endpoint.path][endpoint.method.lower()]["responses"]
    for status in endpoint.errors:
        for part, schema in forms.resolved(schema_in(responses[status]) or {}).get("properties", {}).items():
            branches = forms.resolved(schema).get("anyOf") or [schema]
            kinds = {forms.resolved(branch).get("type", "any") for branch in branches}
            yield f": answers {status} with {part}: {' or '.join(sorted(kinds))}"


def _typed(name: str, annotation: str | ast.expr, suffix: str = "") -> Iterator[str]:
    """Yield the line of the type of a name, and a line for each branch of a union that tags tell apart."""
    text = annotation if isinstance(annotation, str) else ast.unparse(annotation)
    yield f"{name}: {_union(re.sub(TAGGED, 'UnknownModel', text))}{suffix}"
    yield from (f"{name}: may be {branch}" for union in re.findall(TAGGED, text) for branch in union.split(" | ")[:-1])


def _needed(signature: inspect.Signature) -> str:
    """Return the names of the required parameters."""
    parameters = signature.parameters.items()
    required = [name for name, parameter in parameters if parameter.default is inspect.Parameter.empty]
    return ", ".join(sorted(required)) or "nothing"


def _union(annotation: str | ast.expr) -> str:
    """Return an annotation with its members sorted, without None and `NULL`, which are not promised."""
    node = ast.parse(annotation, mode="eval").body if isinstance(annotation, str) else annotation
    return " | ".join(sorted(_members(node) - {"None", "NullType"})) or "None"


def _members(node: ast.expr) -> set[str]:
    """Return the members of a union."""
    if isinstance(node, ast.BinOp):
        return _members(node.left) | _members(node.right)
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated":
        return _members(_arguments(node)[0])
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        return set()  # the values that the spec lists have lines of their own
    if isinstance(node, ast.Subscript):
        arguments = (" | ".join(sorted(_members(argument))) for argument in _arguments(node))
        return {f"{ast.unparse(node.value)}[{', '.join(arguments)}]"}
    return {ast.unparse(node)}


def _arguments(node: ast.expr) -> list[ast.expr]:
    """Return the types between the brackets of a type."""
    inner = node.slice if isinstance(node, ast.Subscript) else node
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def read(path: Path = PROMISED) -> list[str]:
    """Return the lines of a file. An empty list if the file does not exist."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def write(lines: Iterable[str], path: Path = PROMISED) -> None:
    """Write the lines to a file."""
    path.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")


def lost(promised: Iterable[str], offered: Collection[str]) -> list[str]:
    """Return the promised lines that are not kept. A line is also kept if fewer arguments are needed than promised."""
    needed = {name: {*names.split(", ")} for name, _, names in (line.partition(NEEDS) for line in offered) if names}

    def is_kept(line: str) -> bool:
        name, _, names = line.partition(NEEDS)
        return line in offered or (bool(names) and needed.get(name, {""}) <= {*names.split(", "), "nothing"})

    return sorted(line for line in promised if not is_kept(line))


def added(promised: Iterable[str], offered: set[str]) -> list[str]:
    """Return the new lines, except those that replace a promised line that is not kept."""
    broken = {subject(line) for line in lost(promised, offered)}
    return sorted(line for line in offered.difference(promised) if subject(line) not in broken)


def subject(line: str) -> tuple[str, str]:
    """Return the name in a line, and the kind of the fact about it."""
    name, _, fact = line.partition(": ")
    word = fact.partition(" ")[0]
    return name, fact if word in {"may", "answers"} else word if word in {"needs", "never"} else "is"
