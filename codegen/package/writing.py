"""Writes the generated package. openapi-python-client makes the names, and our templates write code."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType
from typing import Any

import osvi_runtime
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from osvi_runtime.formats import CONVERTED

from codegen import CODEGEN, OPENAPI
from codegen.document.forms import CLASSES, Forms
from codegen.document.normal import normal
from codegen.document.normal.document import operations
from codegen.document.reading import SpecError, data_file, load, server, sha256, token_header
from codegen.document.served import refusal, unserved
from codegen.package.classes import Classes
from codegen.package.generator_input import parsed
from codegen.package.kinds import Kind, Kinds
from codegen.package.members import members
from codegen.package.naming import enum_names
from codegen.package.operations import Function
from codegen.package.texts import description_of, docstring, literal, section, wrapped

TEMPLATES = Path(__file__).resolve().with_name("templates")
RUNTIME = [name for name, value in vars(osvi_runtime).items() if name[0] != "_" and not isinstance(value, ModuleType)]
MODULES = sorted({one.type.__module__ for one in CONVERTED})
# The names that the templates import from the runtime and the standard library. A class of the spec cannot have them.
RESERVED = [*RUNTIME, "Any", "Final", "Mapping", "Sequence"]
EXTRA = {"extra": "Properties that the spec does not declare. Read-only."}


class Package:
    """The generated package of a document: what is in it, and the modules that it writes.

    The operations in ``not_served.yaml`` are left out.

    Args:
        content: The document.
        leaves_out: Whether others that cannot be served are left out too, if one remains.

    Attributes:
        refused: The operations that cannot be served.
        left_out: Those that are left out, although ``not_served.yaml`` does not name them.
        findings: What the package cannot express, and what is wrong in the document.

    Raises:
        DataFileError: A data file of ``codegen/`` cannot be used.
        SpecError: The document, or a part of it, cannot be generated. The message says where and why.
    """

    def __init__(self, content: bytes, *, leaves_out: bool = False) -> None:
        spec = load(content)
        not_served, self.refused = data_file("not_served"), unserved(normal(spec).document)
        self.left_out = [one for one in self.refused if one.operation not in not_served]
        made = normal(spec, {*not_served, *(one.operation for one in self.left_out)})
        if self.left_out and not (leaves_out and any(operations(made.document))):
            raise SpecError(refusal(self.left_out))
        self.document = made.document
        self.digest, self.server, self.token_header = sha256(content), server(spec), token_header(made.document)
        self._config = _config()
        self.wording = data_file("wording")
        self.forms = Forms(made.document)
        classes, taken = Classes(made.document, self.forms, self._config), data_file("names")
        self.classes = classes.by_name
        self.kinds = Kinds(self.forms, classes)
        self._data = parsed(classes, self._config)
        modules = {str(one.class_info.name): str(one.class_info.module_name) for one in self._data.models}
        # A module of the name of its class, in a script without capital letters, would hide the class.
        self.modules = {name: f"{name}_" if name == module else module for name, module in modules.items()}
        named = {form: [name for name, cls in self.classes.items() if cls.form == form] for form in CLASSES}
        self.enums = {name: enum_names(self.classes[name].schema["enum"]) for name in named["enum"]}
        records = named["record"]
        self.members = {name: members(self.kinds, name, self.wording, taken) for name in records}
        self.choices = {name: self.kinds.branches(self.classes[name].schema) for name in named["choice"]}
        places = operations(made.document)
        self.functions = [Function(self.kinds, self.members, place, self.token_header) for place in places]
        # The classes that each class uses, by its name.
        self.others = {name: self.kinds.others(self.classes[name].schema) for name in records}
        kinds = {name: self.kinds_in(name) for name in self.classes}
        self.uses = {name: self.classes_in(*(kind.type for kind in some)) for name, some in kinds.items()}
        self.circular = _circular(self.uses)
        self.findings = sorted({*made.notes, *self.kinds.circular})

    def unneeded(self) -> Iterator[str]:
        """Yield a line for each entry of a data file that fits nothing, since the document has changed."""
        overrides = data_file("config")["class_overrides"]
        fitting = {
            "not_served": {one.operation for one in self.refused},
            "wording": {f"{name}.{one.spec_name}" for name, some in self.members.items() for one in some}
            | {*self.classes},
            "names": {"every class", *self.classes},
            "config": {name for name, override in overrides.items() if override["class_name"] in self.classes},
        }
        for file, names in fitting.items():
            entries = overrides if file == "config" else data_file(file)
            yield from (
                f"codegen/{file}.yaml: {name} is not needed any more; delete its line"
                for name in entries
                if name not in names
            )

    def write(self, into: Path) -> None:
        """Write the package as ``into/osvi_openapi``."""
        self.package = into / "osvi_openapi"
        self.package.mkdir(parents=True)
        # The sandbox reads the document at run time, where there may be no YAML parser.
        document = json.dumps(self.document, indent=1, ensure_ascii=False)
        (self.package / "openapi.json").write_text(f"{document}\n", encoding="utf-8")
        (self.package / "py.typed").touch()
        self.env = Project(openapi=self._data, config=self._config, custom_template_path=TEMPLATES).env
        self.env.filters |= {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "section": section, "runtime": RUNTIME, "modules": MODULES}
        self._write_modules()
        for hook in self._config.post_hooks:
            command = [sys.executable, "-m", *hook.split()]
            environment = {"LC_ALL": "C.UTF-8"}
            run = subprocess.run(command, check=False, capture_output=True, cwd=self.package, env=environment)
            if run.returncode:
                raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")

    def _write_modules(self) -> None:
        self.render("__init__", "package_init")
        self.render("spec", "spec", digest=self.digest, server=self.server, header=self.token_header)
        for name, fields in self.members.items():
            attributes = {field.name: field.description for field in fields} | EXTRA
            is_open = bool(self.classes[name].schema.get("additionalProperties"))
            parts = {"members": fields, "is_open": is_open, "others": self.others[name].reader}
            text = self.text_of(name, f"`{name}` of openapi.yaml.")
            self.render_class(name, "model", text=text, attributes=attributes, **parts)
        for name, branches in self.choices.items():
            self.render_class(name, "choice", branches=branches, text=self.text_of(name, "A value of several kinds."))
        for name, names in self.enums.items():
            self.render_class(name, "str_enum", names=names, text=self.text_of(name, f"The values of `{name}`."))
        # A module of the name of its function would hide the function.
        operations = {function.name: f"_{function.name}" for function in self.functions}
        for function in self.functions:
            types = [function.type, function.whole, function.body]
            types += [type_ for one in function.arguments for type_ in (one.kind.argument, one.kind.reader)]
            imports = {name: self.modules[name] for name in sorted(self.classes_in(*types))}
            path = f"operations/{operations[function.name]}"
            self.render(path, "operation", function=function, folder="..models", imports=imports)
        for folder, names in (("models", self.modules), ("operations", operations)):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))

    def text_of(self, name: str, default: str) -> str:
        """Return the description of a class."""
        return description_of(self.classes[name].words, self.wording.get(name)) or default

    def render_class(self, name: str, template: str, **values: Any) -> None:
        """Write the module of a class. Classes that use this class in turn are imported at the end of the module."""
        uses = self.uses.get(name, set())
        circular = uses & self.circular if name in self.circular else set()
        imports = {other: self.modules[other] for other in sorted(uses - {name, *circular})}
        path = self.render(f"models/{self.modules[name]}", template, cls=name, folder="", imports=imports, **values)
        if circular:
            in_readers = re.compile(rf"\b(Record|OneOf)\(({'|'.join(sorted(circular))})\b")
            code = in_readers.sub(r"\1(lambda: \2", path.read_text(encoding="utf-8"))
            at_the_end = [f"from .{self.modules[other]} import {other}\n" for other in sorted(circular - {name})]
            path.write_text("".join([code, *at_the_end]), encoding="utf-8")

    def kinds_in(self, name: str) -> list[Kind]:
        """Return the kinds of the values in a class."""
        others = [self.others[name]] if name in self.others else []
        return [*(field.kind for field in self.members.get(name, ())), *others, *self.choices.get(name, {}).values()]

    def classes_in(self, *types: str) -> set[str]:
        """Return the names of the classes in annotations."""
        return {*re.findall(r"\w+", " ".join(types))} & self.modules.keys()

    def render(self, name: str, template: str, **values: Any) -> Path:
        """Write one module."""
        path = self.package / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.env.get_template(f"{template}.py.jinja").render(values), encoding="utf-8")
        return path


def _config() -> Config:
    """Return the options of the generator. Its reserved names are those that the templates import."""
    options = ConfigFile.load_from_path(CODEGEN / "config.yaml")
    config = Config.from_sources(options, MetaType.NONE, OPENAPI, "utf-8", overwrite=True, output_path=None)
    for name in RESERVED:
        override = {"class_name": f"{name}Schema", "module_name": f"{name}Schema"}
        config.class_overrides.setdefault(name, ClassOverride.model_validate(override))
    return config


def _circular(uses: Mapping[str, set[str]]) -> set[str]:
    """Return the classes that use themselves, directly or through others, and the classes that use these."""
    sorter = TopologicalSorter(uses)
    with suppress(CycleError):
        sorter.prepare()
    left = {*uses}
    while ready := sorter.get_ready():
        left -= {*ready}
        sorter.done(*ready)
    return left
