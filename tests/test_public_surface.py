"""The hand-written part of the public API is typed and documented."""

import ast
import builtins
import collections.abc
import inspect
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import osvi
import pytest
from osvi import pytest_plugin, testing

# Places whose value is any JSON value, or any value of the caller.
CLIENTS = ("Client", "AsyncClient")
ANYTHING = {
    "CustomerSessions.rows() -> return",
    "Sandbox.open_session() -> extra",
    "Sandbox.open_session() -> properties",
    "Sandbox.fail() -> body",
    "Sandbox.reply() -> data",
    "Sandbox.reply() -> body",
    "RecordedRequest.json",
    *(f"{client}.request() -> {name}" for client in CLIENTS for name in ("path_params", "query", "json", "return")),
}


def annotations() -> Iterator[tuple[str, Any]]:
    """Yield every annotation of a public class: of its fields, its properties, and the arguments of its methods."""
    public = [getattr(osvi, name) for name in osvi.__all__] + [getattr(testing, name) for name in testing.__all__]
    for cls in (one for one in public if inspect.isclass(one) and not is_below(one)):
        if attrs.has(cls):
            hints = get_type_hints(cls)
            yield from ((f"{cls.__name__}.{name}", hints[name]) for name in hints if not name.startswith("_"))
        for name, member in inspect.getmembers(cls):
            if name.startswith("_") and name != "__init__":
                continue
            if isinstance(member, property) and member.fget is not None:
                yield f"{cls.__name__}.{name}", get_type_hints(member.fget)["return"]
            elif inspect.isfunction(member) and member.__module__.startswith("osvi"):
                if name == "__init__" and attrs.has(cls):
                    continue  # made from the fields
                for argument, hint in get_type_hints(member).items():
                    yield f"{cls.__name__}.{name}() -> {argument}", hint


def is_below(cls: type[Any]) -> bool:
    """Tell whether a class is generated or of the runtime: type checkers and codegen/surface.yaml hold their types."""
    return issubclass(cls, osvi.models.ChatV1Session) or cls.__module__.startswith(("osvi_openapi", "osvi_runtime"))


def parts(hint: Any) -> Iterator[Any]:
    """Yield a type and all of its arguments."""
    yield hint
    for argument in get_args(hint):
        if not isinstance(argument, str):
            yield from parts(argument) if not isinstance(argument, list) else argument


def test_any_is_used_only_where_the_spec_allows_anything() -> None:
    assert len(dict(annotations())) > 60
    loose = {place for place, hint in annotations() if any(part is Any for part in parts(hint))}

    assert loose == ANYTHING


# The methods that attrs makes have no file.
HAND_WRITTEN = {str(path) for path in Path(str(osvi.__file__)).parent.rglob("*.py")}
MODULES = (osvi, osvi.errors, osvi.models, osvi.operations, pytest_plugin, testing)


def functions(module: Any) -> Iterator[Any]:
    """Yield the public functions of a module, and the methods of its classes."""
    for public in (getattr(module, name) for name in getattr(module, "__all__", ["osvi_sandbox"])):
        if inspect.isclass(public):
            members = [getattr(member, "__func__", member) for _, member in inspect.getmembers(public)]
            named = [member for member in members if inspect.isfunction(member)]
            yield from (member for member in named if member.__name__ == "__init__" or member.__name__[0] != "_")
        elif inspect.isfunction(function := inspect.unwrap(public)):
            yield function


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_annotations_of_everything_public_can_be_evaluated(module: Any) -> None:
    for name in getattr(module, "__all__", []):
        if inspect.isclass(getattr(module, name)):
            get_type_hints(getattr(module, name))
    for function in functions(module):
        get_type_hints(function)


@pytest.mark.parametrize("module", [osvi, testing], ids=lambda module: module.__name__)
def test_the_names_in_the_signatures_of_what_is_public_are_public(module: Any) -> None:
    public = {*osvi.__all__, *testing.__all__}.union(dir(builtins), typing.__all__, collections.abc.__all__)
    for function in functions(module):
        # Sandbox.receive() is for `osvi sandbox`, and not in the manual.
        if inspect.getsourcefile(function) in HAND_WRITTEN and function.__name__ != "receive":
            for annotation in function.__annotations__.values():
                names = {node.id for node in ast.walk(ast.parse(annotation)) if isinstance(node, ast.Name)}
                assert names <= public | {"httpx", "osvi", "ssl", "T", "TokenT"}, function


def test_every_method_that_asks_the_api_says_what_it_raises() -> None:
    for client in (osvi.Client, osvi.AsyncClient):
        for name, method in calls(client).items():
            assert "Raises:" in (inspect.getdoc(method) or ""), name


def calls(client: type[Any]) -> dict[str, Any]:
    """Return the methods of a client that ask the API."""
    methods = dict(inspect.getmembers(client, inspect.isfunction))
    return {name: methods[name] for name in methods if not name.startswith("_") and name not in {"close", "aclose"}}


def test_both_clients_have_the_same_methods_with_the_same_docstrings() -> None:
    sync, async_ = calls(osvi.Client), calls(osvi.AsyncClient)

    assert sync.keys() == async_.keys()
    for name in sync:
        if name not in {"iter_active_sessions", "send_many"}:  # AsyncClient takes async iterables too
            assert inspect.signature(sync[name]) == inspect.signature(async_[name])
        assert sync[name].__doc__ == async_[name].__doc__
        assert getattr(osvi.Client, name).__doc__  # itself, for tools that do not look at the base


@pytest.mark.parametrize("name", CLIENTS)
def test_both_clients_take_the_same_arguments(name: str) -> None:
    parameters = inspect.signature(getattr(osvi, name)).parameters

    assert [name for name in parameters if name != "pool"] == [
        "token",
        "base_url",
        "timeout",
        "retries",
        "total_timeout",
        "max_response_bytes",
        "transport",
        "proxy",
        "ssl_context",
        "max_connections",
        "headers",
        "on_answer",
        "allow_http",
    ]
    assert {parameter.kind.name for parameter in [*parameters.values()][1:]} == {"KEYWORD_ONLY"}
