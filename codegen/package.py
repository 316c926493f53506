"""Writes the generated package: the generator parses and names, our templates and the files beside them say the rest."""

import ast
import copy
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from calls import calls
from declarations import records, unique
from kinds import Kind, Kinds, literal
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from ruamel.yaml import YAML
from spec import SpecError, load, prepare, server, sha256, token_header
from texts import described, docstring, section, wrapped

CODEGEN = Path(__file__).resolve().parent
RUNTIME = CODEGEN / "runtime"
# The names that the templates import from the runtime, or from the standard library: no class of the spec may have one.
RUNTIME_NAMES = [
    alias.name
    for node in ast.parse((RUNTIME / "__init__.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
]
TAKEN_CLASSES = [*RUNTIME_NAMES, "Any", "Final", "Mapping", "Sequence"]
OPEN = "Open: a value that the spec does not list is a member too, and equals its string."
EXTRA = "Properties that the spec does not know. Read-only."


def build(openapi: Path, into: Path) -> None:
    """Generate the package for ``openapi`` as ``into/osvi_openapi``.

    Raises:
        SpecError: the spec cannot be generated, or not wholly; the message says where and why.
    """
    content = openapi.read_bytes()
    spec = load(content)
    facts = {"digest": sha256(content), "server": server(spec), "header": token_header(spec)}
    package = into / "osvi_openapi"
    package.mkdir()
    config = Config.from_sources(
        ConfigFile.load_from_path(CODEGEN / "config.yaml"), MetaType.NONE, openapi, "utf-8", True, package
    )
    for name in TAKEN_CLASSES:
        override = ClassOverride(class_name=f"{name}Schema", module_name=f"{name}Schema")
        config.class_overrides.setdefault(name, override)
    prepared = prepare(spec, data_file("not_served"))
    _Writer(package, config, prepared, parsed(prepared, config)).write(facts)
    for hook in config.post_hooks:
        name, *arguments = shlex.split(hook)
        run = subprocess.run([Path(sys.executable).with_name(name), *arguments], check=False, capture_output=True, cwd=package, env={"LC_ALL": "C.UTF-8"})
        if run.returncode:
            raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")
    shutil.copytree(RUNTIME, package / "runtime", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    # The sandbox and `osvi doctor` read the spec at run time, where there may be no YAML parser.
    (package / "openapi.json").write_text(json.dumps(spec, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (package / "py.typed").touch()


def data_file(name: str) -> Any:
    """Return what a data file beside this module holds."""
    return YAML(typ="safe", pure=True).load(CODEGEN / f"{name}.yaml")


def parsed(spec: Mapping[str, Any], config: Config) -> GeneratorData:
    """Have the generator parse a spec.

    Raises:
        SpecError: it left something out.
    """
    try:
        data = GeneratorData.from_dict(copy.deepcopy(dict(spec)), config=config)
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise SpecError(f"openapi-python-client refused the spec: {error!r}") from error
    if isinstance(data, GeneratorError):
        raise SpecError(f"openapi-python-client refused the spec:\n{data.detail}")
    collections = data.endpoint_collections_by_tag.values()
    errors = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if errors:
        lines = [f"{error.header}\n{error.detail or ''}\n{error.data or ''}" for error in errors]
        raise SpecError("\n".join(["openapi-python-client refused the spec:", *lines]))
    return data


class _Writer:
    """Writes the modules of one package."""

    def __init__(self, package: Path, config: Config, spec: dict[str, Any], data: GeneratorData) -> None:
        self.package, self.data = package, data
        self.wording: Mapping[str, str] = data_file("wording")
        self.kinds = Kinds(spec, data, config)
        self.records = list(records(self.kinds, data_file("names"), self.wording))
        self.calls = list(calls(spec, data, self.kinds, self.wording))
        self.env = Project(openapi=data, config=config, custom_template_path=CODEGEN / "templates").env
        self.env.filters |= {"docstring": docstring, "literal": literal}
        self.uses = {one.name: _classes(one.kinds) for one in self.records}
        self.uses |= {one.name: _classes(one.branches) for one in self.kinds.choices.values()}

    def write(self, facts: Mapping[str, str]) -> None:
        """Write them."""
        self.render("__init__.py", "package_init", docstring=docstring("What the OSVI API's openapi.yaml says, as Python."))
        self.render("spec.py", "spec", **facts)
        models = {}
        for record in self.records:
            attributes = {field.name: field.description for field in record.fields} | {"extra": EXTRA}
            text = docstring(wrapped(record.description), section("Attributes", attributes))
            self.render_class(record.name, record.module, "model", record=record, docstring=text)
            models[record.name] = record.module
        for choice in self.kinds.choices.values():
            text = docstring(wrapped(self.wording.get(choice.name) or choice.description or "A value of several kinds."))
            self.render_class(choice.name, choice.module, "choice", choice=choice, docstring=text)
            models[choice.name] = choice.module
        for enum in self.data.enums:
            if enum.value_type is str:
                name, module = str(enum.class_info.name), str(enum.class_info.module_name)
                text = docstring(wrapped(described([{"description": _text(enum.description)}], f"The values of `{name}`.")), OPEN)
                self.render(f"models/{module}.py", "str_enum", enum=enum, docstring=text)
                models[name] = module
        unique([(module, f"the class {name}") for name, module in models.items()], "module")
        names = {name: models[name] for name in sorted(models)}
        self.render("models/__init__.py", "lazy_package", title="The records and the enums of the API.", names=names)
        for call in self.calls:
            imports = _classes(call.kinds)
            self.render(f"operations/{call.name}.py", "endpoint_module", call=call, imports=imports, docstring=call.docstring)
        names = {name: name for name in sorted(call.name for call in self.calls)}
        self.render("operations/__init__.py", "lazy_package", title="The operations of the API.", names=names)

    def render_class(self, name: str, module: str, template: str, **values: Any) -> None:
        """Write a module of the models; classes that lead back to this one are imported at its end."""
        circular = {other for other in self.uses[name] if name in self.reachable(other)} - {name}
        imports = {other: at for other, at in self.uses[name].items() if other not in circular and other != name}
        at_the_end = {other: self.uses[name][other] for other in sorted(circular)}
        lazily = "|".join({*circular, name})
        path = self.render(f"models/{module}.py", template, imports=imports, imports_at_the_end=at_the_end, **values)
        if template == "model":
            code = re.sub(rf"\b(Record|OneOf)\(({lazily})\b", r"\1(lambda: \2", path.read_text(encoding="utf-8"))
            path.write_text(code, encoding="utf-8")

    def reachable(self, name: str) -> set[str]:
        """Return the classes that a class uses, and those that they use, and so on."""
        found: set[str] = set()
        left = [name]
        while left:
            used = self.uses.get(left.pop(), {}).keys() - found
            found |= used
            left += used
        return found

    def render(self, name: str, template: str, **values: Any) -> Path:
        """Write one module."""
        path = self.package / name
        path.parent.mkdir(exist_ok=True)
        code = self.env.get_template(f"{template}.py.jinja").render(runtime=", ".join(RUNTIME_NAMES), **values)
        path.write_text(code, encoding="utf-8")
        return path


def _text(description: Any) -> str:
    return description.get_untrusted_value() if description else ""


def _classes(kinds: list[Kind]) -> dict[str, str]:
    found = {name: module for kind in kinds for name, module in kind.classes.items()}
    return {name: found[name] for name in sorted(found)}
