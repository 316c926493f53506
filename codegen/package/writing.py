"""Writes the generated package with our templates, and formats it."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from openapi_python_client import TEMPLATE_FILTERS
from osvi_runtime.formats import CONVERTED

from codegen.document.forms import CLASSES
from codegen.document.normal import normal
from codegen.document.reading import Node, SpecError, data_file, load, server, token_header
from codegen.document.served import leave_out_parameters, refusal, unserved
from codegen.package.examples import examples
from codegen.package.kinds import Kinds
from codegen.package.members import members
from codegen.package.naming import RUNTIME, enum_names, options, renamed
from codegen.package.operations import Function
from codegen.package.texts import description_of, docstring, literal, wrapped

TEMPLATES = Path(__file__).resolve().with_name("templates")
MODULES = sorted({format_.type.__module__ for format_ in CONVERTED})


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
        if self.left_out and not (leaves_out and made.document["operations"]):
            raise SpecError(refusal(self.left_out))
        parameters = leave_out_parameters(made.document)
        self.document = made.document
        self.digest = hashlib.sha256(content).hexdigest()
        self.server, self.token_header = server(spec), token_header(made.document)
        self.wording = data_file("wording")
        self.kinds = Kinds(made.document)
        classes, taken = self.kinds.classes, data_file("config")["taken_names"]
        self.forms, self.classes, self.modules = self.kinds.forms, classes.by_name, classes.modules
        functions = renamed(classes.functions, data_file("functions"))
        named = {form: [name for name, cls in self.classes.items() if cls.form == form] for form in CLASSES}
        self.enums = {name: enum_names(self.classes[name].schema["enum"]) for name in named["enum"]}
        records = named["record"]
        self.members = {name: members(self.kinds, name, self.wording, taken) for name in records}
        self.choices = {name: self.kinds.branches(self.classes[name].schema) for name in named["choice"]}
        self.functions = [
            Function(functions[place], place, node, self.kinds, self.members, self.token_header)
            for place, node in made.document["operations"].items()
        ]
        self.others = {name: self.kinds.others(self.classes[name].schema) for name in records}
        self.findings = sorted({*made.notes, *parameters, *self.kinds.circular})

    def write(self, into: Path) -> None:
        """Write the package as ``into/osvi_openapi``."""
        self.package = into / "osvi_openapi"
        self.package.mkdir(parents=True)
        (self.package / "py.typed").touch()
        # As that of openapi-python-client, so that a template of either is written in the same way.
        loader = FileSystemLoader(TEMPLATES)
        self.env = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701
        self.env.filters |= TEMPLATE_FILTERS | {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "runtime": RUNTIME, "modules": MODULES}
        self._write_modules()
        for hook in options().post_hooks:
            command = [sys.executable, "-m", *hook.split()]
            run = subprocess.run(command, check=False, capture_output=True, cwd=self.package, env={"LC_ALL": "C.UTF-8"})
            if run.returncode:
                raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")

    def _write_modules(self) -> None:
        self.render("__init__", "package_init")
        self.render("spec", "spec", digest=self.digest, server=self.server, header=self.token_header)
        for name, fields in self.members.items():
            others = self.others[name].annotation if self.classes[name].schema.get("additionalProperties") else ""
            types = [others, *(field.annotation for field in fields)]
            self.render_class(name, "model", types, members=fields, others=others)
        for name, branches in self.choices.items():
            self.render_class(name, "choice", [kind.annotation for kind in branches.values()], branches=branches)
        for name, names in self.enums.items():
            self.render_class(name, "str_enum", names=names)
        # A module of the name of its function would hide the function.
        operations = {function.name: f"_{function.name}" for function in self.functions}
        for function in self.functions:
            types = [function.returned, *function.parameters, *function.endpoint.values()]
            self.render(f"operations/{operations[function.name]}", "operation", types, function=function)
        for folder, names in (("models", self.modules), ("operations", operations)):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))
        self._write_json("examples", examples(self.forms, {one.place: one.name for one in self.functions}))
        self._write_descriptions()

    def _write_descriptions(self) -> None:
        """Write the descriptions of the fields, which are docstrings too, for where Python has no docstrings."""
        texts = {
            name: {field.name: " ".join(field.description.split()) for field in fields if field.description}
            for name, fields in self.members.items()
        }
        self._write_json("descriptions", {name: some for name, some in texts.items() if some})

    def _write_json(self, name: str, value: Node) -> None:
        content = json.dumps(value, indent=1, ensure_ascii=False)
        (self.package / f"{name}.json").write_text(f"{content}\n", encoding="utf-8")

    def render_class(self, name: str, template: str, types: Iterable[str] = (), **values: Any) -> None:
        """Write the module of a class."""
        text = description_of(self.classes[name].schema, self.wording.get(name))
        self.render(f"models/{self.modules[name]}", template, types, cls=name, text=text, **values)

    def render(self, name: str, template: str, types: Iterable[str] = (), **values: Any) -> None:
        """Write one module, with imports of the classes in these types."""
        path, words = self.package / f"{name}.py", {*re.findall(r"\w+", " ".join(types))}
        classes = sorted(words & self.modules.keys() - {values.get("cls")})
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.env.get_template(f"{template}.py.jinja").render(values, classes=classes), encoding="utf-8")
