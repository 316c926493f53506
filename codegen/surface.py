"""The lock: ``surface.txt`` has a line for each thing that users may rely on, and what it promises has to be there.

The lines are read off a generated package alone. What has grown is added to the lock; only a hand takes a line out.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import attrs
from spec import json_schema, operations, resolve

LOCK = Path(__file__).resolve().with_name("surface.txt")
PACKAGE = "osvi_openapi"
NEEDS = ": needs "


def facts(folder: Path) -> set[str]:
    """Return what the generated package in a folder offers."""
    with _imported(folder):
        models, functions, said = (import_module(f"{PACKAGE}.{name}") for name in ("models", "operations", "spec"))
        document = json.loads((folder / PACKAGE / "openapi.json").read_text(encoding="utf-8"))
        classes = {name: getattr(models, name) for name in models.__all__}
        calls = {f"operations.{name}{line}" for name in functions.__all__ for line in _operation(name, document)}
        lines = {f"models.{name}{line}" for name, cls in classes.items() for line in _class(cls)}
        needs = {f"models.{name}{NEEDS}{_names(_required(classes[name]))}" for name in _sent(lines | calls)}
        return {f"server: {said.SERVER}", f"token header: {said.TOKEN_HEADER.lower()}", *lines, *calls, *needs}


@contextmanager
def _imported(folder: Path) -> Iterator[None]:
    """Have the package in a folder imported, whichever was before, and is again afterwards."""

    def take_out() -> dict[str, Any]:
        names = [name for name in sys.modules if name.partition(".")[0] == PACKAGE]
        return {name: sys.modules.pop(name) for name in names}

    before = take_out()
    invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        take_out()
        sys.modules.update(before)


def _class(cls: Any) -> Iterator[str]:
    runtime = import_module(f"{PACKAGE}.runtime")
    if issubclass(cls, runtime.OpenEnum):
        yield ": an enum"
        yield from (f".{member.name}: {json.dumps(member.value)}" for member in cls)
    elif issubclass(cls, runtime.Choice):
        methods = {name: method for name, method in vars(cls).items() if inspect.isfunction(method) and name[0] != "_"}
        yield f": one of {_type(' | '.join(method.__annotations__['return'] for method in methods.values()))}"
        yield from (f".{name}(): {_type(method.__annotations__['return'])}" for name, method in methods.items())
    else:
        yield ": a record"
        types = {field.name: field.type for field in attrs.fields(cls)}
        for name, one in runtime.Record(cls).table.properties.items():
            in_json = "" if name == one.field else f" ({json.dumps(name)} in JSON)"
            yield f".{one.field}: {_type(types[one.field])}{in_json}"
            yield from (f".{one.field}: may be {json.dumps(value)}" for value in _listed(one.reader))


def _listed(reader: Any) -> Iterable[Any]:
    """Return the values that the spec lists without an enum for them."""
    inner = getattr(reader, "item", None) or getattr(reader, "value", None)
    return getattr(reader, "values", ()) if inner is None else _listed(inner)


def _required(cls: type[Any]) -> list[str]:
    """Return the fields without which a caller cannot make a record."""
    return [field.name for field in getattr(cls, "__attrs_attrs__", ()) if field.default is attrs.NOTHING]


def _sent(lines: set[str]) -> set[str]:
    """Return the records that callers make: those that arguments take, and those inside them."""
    records = {line.split(".")[1].partition(":")[0] for line in lines if line.endswith(": a record")}
    found: set[str] = set()
    places = {r"operations\.\w+"}
    while places:
        inside = re.compile(f"(?:{'|'.join(places)})\\.\\w+: (.*)")
        types = " ".join(match[1] for match in map(inside.fullmatch, lines) if match)
        new = (records & {*re.findall(r"\w+", types)}) - found
        found |= new
        places = {rf"models\.{name}" for name in new}
    return found


def _operation(name: str, document: dict[str, Any]) -> Iterator[str]:
    module = import_module(f"{PACKAGE}.operations.{name}")
    endpoint, signature = module.ENDPOINT, inspect.signature(getattr(module, name))
    value, *whole = _inside(ast.parse(signature.return_annotation, mode="eval").body)
    required = [name for name, one in signature.parameters.items() if one.default is inspect.Parameter.empty]
    yield f": {endpoint.method} {endpoint.path}"
    yield f"{NEEDS}{_names(required)}"
    yield from (f".{name}: {_type(one.annotation)}" for name, one in signature.parameters.items())
    yield f"(): {_type(ast.unparse(value))}"
    yield from (f"().whole: {_type(ast.unparse(one))}" for one in whole)
    yield from (["(): never None"] if _members(value).isdisjoint({"None", "Any"}) else [])
    yield from (f": answers {status}" for status in endpoint.answers)
    responses = next(one for at, *_, one in operations(document) if at == f"{endpoint.method} {endpoint.path}")
    for status in endpoint.errors:
        yield f": answers {status}"
        for part, kind in _json_types(document, json_schema(document, responses["responses"][status])).items():
            yield f": answers {status} with {part}: {kind}"


def _json_types(document: dict[str, Any], schema: Any) -> dict[str, str]:
    """Return the properties of an object with their JSON types, but for null."""
    resolved = resolve(document, schema)
    found = {name: kind for part in resolved.get("allOf", []) for name, kind in _json_types(document, part).items()}
    for name, one in resolved.get("properties", {}).items():
        types = resolve(document, one).get("type", "any")
        found[name] = types if isinstance(types, str) else " or ".join(sorted({*types} - {"null"}))
    return found


def _type(annotation: str) -> str:
    """Return an annotation in an order of its own, and without None, which may come and go."""
    return " | ".join(sorted(_members(ast.parse(annotation, mode="eval").body) - {"None"})) or "None"


def _members(node: ast.expr) -> set[str]:
    return _members(node.left) | _members(node.right) if isinstance(node, ast.BinOp) else {_text(node)}


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return f"{ast.unparse(node.value)}[{', '.join(map(_text, _inside(node)))}]"
    return " | ".join(sorted(_members(node))) if isinstance(node, ast.BinOp) else ast.unparse(node)


def _inside(node: ast.expr) -> list[ast.expr]:
    """Return what stands between the brackets of a type."""
    inner = node.slice if isinstance(node, ast.Subscript) else node
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def read(lock: Path = LOCK) -> list[str]:
    """Return the lines of the lock; none where there is no lock yet."""
    return lock.read_text(encoding="utf-8").splitlines() if lock.exists() else []


def write(lines: Iterable[str], lock: Path = LOCK) -> None:
    """Write a lock."""
    lock.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")


def lost(promised: Iterable[str], there: set[str]) -> list[str]:
    """Return the promises that are not kept. Who needs fewer arguments keeps the promise to need no more than some."""
    needs = {line.partition(NEEDS)[0]: _needed(line) for line in there if NEEDS in line}

    def is_kept(line: str) -> bool:
        name, _, needed = line.partition(NEEDS)
        return line in there or (bool(needed) and name in needs and needs[name] <= _needed(line))

    return sorted(line for line in promised if not is_kept(line))


def added(promised: Iterable[str], there: set[str]) -> list[str]:
    """Return what has grown: what is new, and takes the place of no promise that is not kept."""
    broken = {about(line) for line in lost(promised, there)}
    return sorted(line for line in there.difference(promised) if about(line) not in broken)


def about(line: str) -> tuple[str, str]:
    """Return what a line is about: the name, and the word that says which of its facts this is."""
    name, _, fact = line.partition(": ")
    word = fact.partition(" ")[0]
    return name, fact if word in {"may", "answers"} else word if word in {"needs", "never"} else "is"


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _needed(line: str) -> set[str]:
    return set(line.partition(NEEDS)[2].split(", ")) - {"nothing"}
