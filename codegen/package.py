"""Makes the generated package: the generator parses and names, our declarations and templates say how it is written."""

import ast
import copy
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from calls import calls
from kinds import Kind
from names import unique
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from ruamel.yaml import YAML
from schemas import Schemas
from spec import Spec, SpecError, load, prepare, server, sha256, token_header
from texts import docstring, literal, section, wrapped

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
        ConfigFile.load_from_path(CODEGEN / "config.yaml"),
        MetaType.NONE,
        openapi,
        "utf-8",
        overwrite=True,
        output_path=package,
    )
    for name in TAKEN_CLASSES:
        override = ClassOverride.model_validate({"class_name": f"{name}Schema", "module_name": f"{name}Schema"})
        config.class_overrides.setdefault(name, override)
    prepared = prepare(spec, data_file("not_served"))
    try:
        _Writer(package, config, prepared, parsed(prepared, config)).write(facts)
    except SpecError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        StopIteration,
        TypeError,
        ValueError,
    ) as error:
        raise SpecError(f"cannot be generated: {error!r}") from error
    for hook in config.post_hooks:
        name, *arguments = shlex.split(hook)
        run = subprocess.run(
            [Path(sys.executable).with_name(name), *arguments],
            check=False,
            capture_output=True,
            cwd=package,
            env={"LC_ALL": "C.UTF-8"},
        )
        if run.returncode:
            raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")
    shutil.copytree(RUNTIME, package / "runtime", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    # The sandbox and `osvi doctor` read the spec at run time, where there may be no YAML parser.
    (package / "openapi.json").write_text(json.dumps(spec, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (package / "py.typed").touch()


def data_file(name: str) -> Any:
    """Return what a data file beside this module holds."""
    return YAML(typ="safe", pure=True).load(CODEGEN / f"{name}.yaml")


def parsed(spec: Spec, config: Config) -> GeneratorData:
    """Have the generator parse a spec.

    Raises:
        SpecError: it left something out.
    """
    data = GeneratorData.from_dict(copy.deepcopy(spec), config=config)
    if isinstance(data, GeneratorError):
        raise SpecError(f"openapi-python-client refused the spec:\n{data.detail}")
    collections = data.endpoint_collections_by_tag.values()
    errors = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if errors:
        parts = [
            error.data.model_dump_json(by_alias=True, exclude_unset=True) if error.data else "" for error in errors
        ]
        lines = [f"{error.header}\n{error.detail or ''}\n{part}" for error, part in zip(errors, parts, strict=True)]
        raise SpecError("\n".join(["openapi-python-client refused the spec:", *lines]))
    return data


class _Writer:
    """Writes the modules of one package."""

    def __init__(self, package: Path, config: Config, spec: Spec, data: GeneratorData) -> None:
        self.package, self.data = package, data
        self.schemas = Schemas(spec, data, config, wording=data_file("wording"), taken=data_file("names"))
        self.fields = {name: self.schemas.members(name) for name in self.schemas.models}
        self.calls = list(calls(self.schemas, data))
        self.env = Project(openapi=data, config=config, custom_template_path=CODEGEN / "templates").env
        self.env.filters |= {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "section": section, "dict": dict, "zip": zip}
        # The classes that each class uses, with their modules.
        self.uses = {name: _classes(one.kind for one in members) for name, members in self.fields.items()}
        self.uses |= {name: _classes(one.branches) for name, one in self.schemas.choices.items()}

    def write(self, facts: Mapping[str, str]) -> None:
        """Write them."""
        self.render("__init__", "package_init")
        self.render("spec", "spec", **facts)
        models = {}
        for name, model in self.schemas.models.items():
            models[name] = str(model.class_info.module_name)
            text = self.schemas.class_description(name)
            values = {"cls": name, "text": text, "fields": self.fields[name], "is_open": self.schemas.is_open(name)}
            self.render_class(name, models[name], "model", **values)
        for name, choice in self.schemas.choices.items():
            models[name] = choice.module
            self.render_class(
                name, choice.module, "choice", cls=name, text=choice.description, branches=choice.branches
            )
        for enum in self.data.enums:
            if enum.value_type is str:
                name = str(enum.class_info.name)
                models[name] = str(enum.class_info.module_name)
                text = enum.description.get_untrusted_value() if enum.description else f"The values of `{name}`."
                self.render(f"models/{models[name]}", "str_enum", enum=enum, text=text)
        unique([(module, f"the class {name}") for name, module in models.items()], "module")
        for call in self.calls:
            self.render(
                f"operations/{call.name}", "endpoint_module", call=call, folder="..models", imports=call.classes
            )
        for folder, names in (("models", models), ("operations", {call.name: call.name for call in self.calls})):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))

    def render_class(self, name: str, module: str, template: str, **values: Any) -> None:
        """Write a module of the models. Classes that lead back to this one are imported at its end."""
        circular = {other for other in self.uses[name] if other == name or name in self.reachable(other)}
        imports = {other: at for other, at in self.uses[name].items() if other not in circular}
        at_the_end = {other: at for other, at in self.uses[name].items() if other in circular - {name}}
        path = self.render(f"models/{module}", template, imports=imports, imports_at_the_end=at_the_end, **values)
        if circular and template == "model":
            lazily = re.compile(rf"\b(Record|OneOf)\(({'|'.join(sorted(circular))})\b")
            path.write_text(lazily.sub(r"\1(lambda: \2", path.read_text(encoding="utf-8")), encoding="utf-8")

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
        path = self.package / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        values = {"folder": "", "imports": {}, "runtime": ", ".join(RUNTIME_NAMES), **values}
        code = self.env.get_template(f"{template}.py.jinja").render(**values)
        path.write_text(code, encoding="utf-8")
        return path


def _classes(kinds: Iterable[Kind]) -> dict[str, str]:
    return {name: module for kind in kinds for name, module in kind.classes.items()}
