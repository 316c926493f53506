"""Writes the generated package. openapi-python-client parses the spec and makes the names; our templates write code."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import osvi_runtime
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from codegen import CODEGEN
from codegen.document.preparing import leave_out, prepared
from codegen.document.reading import Spec, SpecError, data_file, load, server, sha256, token_header
from codegen.package.kinds import Kind, Kinds
from codegen.package.members import members
from codegen.package.operations import calls
from codegen.package.texts import description_of, docstring, literal, section, unique, wrapped

TEMPLATES = Path(__file__).resolve().with_name("templates")
RUNTIME = [name for name, value in vars(osvi_runtime).items() if name[0] != "_" and not isinstance(value, ModuleType)]
# The names that the templates import from the runtime and the standard library. A class of the spec cannot have them.
RESERVED = [*RUNTIME, "Any", "Final", "Mapping", "Sequence"]
EXTRA = {"extra": "Properties that the spec does not declare. Read-only."}


def build(openapi: Path, into: Path, not_served: Mapping[str, str]) -> None:
    """Generate the package of a document as ``into/osvi_openapi``, without the operations in ``not_served``.

    Raises:
        NotServedError: Other operations cannot be served.
        SpecError: The document, or a part of it, cannot be generated. The message says where and why.
    """
    content = openapi.read_bytes()
    spec = load(content)
    facts = {"digest": sha256(content), "server": server(spec), "header": token_header(spec)}
    package = into / "osvi_openapi"
    package.mkdir()
    # The sandbox and `osvi doctor` read the spec at run time, where there may be no YAML parser.
    document = json.dumps(spec, indent=1, ensure_ascii=False)
    (package / "openapi.json").write_text(f"{document}\n", encoding="utf-8")
    (package / "py.typed").touch()
    options = ConfigFile.load_from_path(CODEGEN / "config.yaml")
    config = Config.from_sources(options, MetaType.NONE, openapi, "utf-8", overwrite=True, output_path=package)
    for name in RESERVED:
        override = {"class_name": f"{name}Schema", "module_name": f"{name}Schema"}
        config.class_overrides.setdefault(name, ClassOverride.model_validate(override))
    leave_out(spec, not_served)
    _Writer(package, config, spec, _parsed(prepared(spec), config)).write(facts)
    for hook in config.post_hooks:
        command = [sys.executable, "-m", *hook.split()]
        run = subprocess.run(command, check=False, capture_output=True, cwd=package, env={"LC_ALL": "C.UTF-8"})
        if run.returncode:
            raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")


def _parsed(spec: Spec, config: Config) -> GeneratorData:
    """Return the spec as the generator parses it.

    Raises:
        SpecError: The generator refuses the spec, or would leave out a part of it.
    """
    data = GeneratorData.from_dict(spec, config=config)
    if isinstance(data, GeneratorError):
        raise SpecError(f"openapi-python-client refused the spec:\n{data.detail}")
    endpoint_errors = [error for tag in data.endpoint_collections_by_tag.values() for error in tag.parse_errors]
    if errors := [*data.errors, *endpoint_errors]:
        parts = [error.data.model_dump_json(exclude_unset=True) if error.data else "" for error in errors]
        lines = [f"{error.header}\n{error.detail or ''}\n{part}" for error, part in zip(errors, parts, strict=True)]
        raise SpecError("\n".join(["openapi-python-client refused the spec:", *lines]))
    return data


class _Writer:
    """Writes the modules of a package. Each imports every name that it may use; ruff deletes the unused imports."""

    def __init__(self, package: Path, config: Config, spec: Spec, data: GeneratorData) -> None:
        self.package, self.wording = package, data_file("wording")
        self.kinds = Kinds(spec, data, config, self.wording)
        taken = data_file("names")
        self.members = {name: members(self.kinds, name, self.wording, taken) for name in self.kinds.models}
        self.calls = calls(self.kinds, self.members, data)
        self.enums = {str(enum.class_info.name): enum for enum in data.enums if enum.value_type is str}
        classes = {**self.kinds.models, **self.enums}
        # The module of each class, by its name.
        self.modules = {name: str(parsed.class_info.module_name) for name, parsed in classes.items()}
        self.modules |= {name: choice.module for name, choice in self.kinds.choices.items()}
        unique([(module, f"the class {name}") for name, module in self.modules.items()], "module")
        # The classes that each class uses, by its name.
        self.uses = {name: self.classes_in(field.kind for field in fields) for name, fields in self.members.items()}
        self.uses |= {name: self.classes_in(choice.branches) for name, choice in self.kinds.choices.items()}
        self.env = Project(openapi=data, config=config, custom_template_path=TEMPLATES).env
        self.env.filters |= {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "section": section, "runtime": ", ".join(RUNTIME)}

    def write(self, facts: dict[str, str]) -> None:
        """Write all modules."""
        self.render("__init__", "package_init")
        self.render("spec", "spec", **facts)
        for name, fields in self.members.items():
            schema = self.kinds.schema(self.kinds.models[name])
            text = description_of(schema, self.wording.get(name)) or f"`{name}` of openapi.yaml."
            attributes = {field.name: field.description for field in fields} | EXTRA
            is_open = bool(schema.get("additionalProperties"))
            self.render_class(name, "model", text=text, members=fields, attributes=attributes, is_open=is_open)
        for name, choice in self.kinds.choices.items():
            self.render_class(name, "choice", choice=choice)
        for name, enum in self.enums.items():
            text = enum.description.get_untrusted_value() if enum.description else f"The values of `{name}`."
            self.render_class(name, "str_enum", enum=enum, text=text)
        values = {"folder": "..models", "imports": self.modules}
        # A module of the name of its function would hide the function.
        operations = {call.name: f"_{call.name}" for call in self.calls}
        for call in self.calls:
            self.render(f"operations/{operations[call.name]}", "endpoint_module", call=call, **values)
        for folder, names in (("models", self.modules), ("operations", operations)):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))

    def render_class(self, name: str, template: str, **values: Any) -> None:
        """Write the module of a class. Classes that use this class in turn are imported at the end of the module."""
        circular = {used for used in self.uses.get(name, ()) if name in self.used_by(used)}
        imports = {other: module for other, module in self.modules.items() if other not in {name, *circular}}
        path = self.render(f"models/{self.modules[name]}", template, cls=name, folder="", imports=imports, **values)
        if circular:
            in_readers = re.compile(rf"\b(Record|OneOf)\(({'|'.join(sorted(circular))})\b")
            code = in_readers.sub(r"\1(lambda: \2", path.read_text(encoding="utf-8"))
            at_the_end = [f"from .{self.modules[other]} import {other}\n" for other in sorted(circular - {name})]
            path.write_text("".join([code, *at_the_end]), encoding="utf-8")

    def used_by(self, name: str) -> set[str]:
        """Return the classes that a class uses, directly or through other classes."""
        found: set[str] = set()
        new = {name}
        while new:
            new = {used for user in new for used in self.uses.get(user, ())} - found
            found |= new
        return found

    def classes_in(self, kinds: Iterable[Kind]) -> set[str]:
        """Return the names of the classes in the types of kinds."""
        return {*re.findall(r"\w+", " ".join(kind.type for kind in kinds))} & self.modules.keys()

    def render(self, name: str, template: str, **values: Any) -> Path:
        """Write one module."""
        path = self.package / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.env.get_template(f"{template}.py.jinja").render(values), encoding="utf-8")
        return path
