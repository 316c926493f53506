"""Writes the generated package with our templates, and formats it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import Environment, FileSystemLoader
from openapi_python_client import TEMPLATE_FILTERS
from osvi_runtime.formats import CONVERTED

from codegen.document.forms import CLASSES, Forms
from codegen.document.normal import normal
from codegen.document.normal.document import operations
from codegen.document.normal.nodes import Finding
from codegen.document.reading import Node, SpecError, data_file, load, server, sha256, token_header
from codegen.document.served import Unserved, refusal, unserved
from codegen.package.classes import Classes
from codegen.package.kinds import Kinds
from codegen.package.members import members
from codegen.package.naming import RUNTIME, enum_names, options
from codegen.package.operations import Function
from codegen.package.texts import description_of, docstring, literal, wrapped

TEMPLATES = Path(__file__).resolve().with_name("templates")
MODULES = sorted({one.type.__module__ for one in CONVERTED})


@frozen
class Built:
    """What a person should know about a package.

    Attributes:
        findings: What the package cannot express, and what is wrong in the document.
        left_out: The operations that are left out, although ``not_served.yaml`` does not name them.
        unneeded: The operations in ``not_served.yaml`` that the document does not have, or that can be served.
    """

    findings: list[Finding]
    left_out: list[Unserved]
    unneeded: list[str]


def build(openapi: Path, into: Path, *, leaves_out: bool) -> Built:
    """Generate the package of a document as ``into/osvi_openapi``, without the operations in ``not_served.yaml``.

    Args:
        openapi: The document.
        into: The folder.
        leaves_out: Whether others that cannot be served are left out too, if one remains.

    Raises:
        DataFileError: A data file of ``codegen/`` cannot be used.
        SpecError: The document, or a part of it, cannot be generated. The message says where and why.
    """
    content = openapi.read_bytes()
    spec = load(content)
    made = normal(spec)
    facts = {"digest": sha256(content), "server": server(spec), "header": token_header(made.document)}
    not_served, refused = data_file("not_served"), unserved(made.document)
    left_out = [one for one in refused if one.operation not in not_served]
    unneeded = [name for name in not_served if name not in {one.operation for one in refused}]
    made = normal(spec, {*not_served, *(one.operation for one in left_out)})
    if left_out and not (leaves_out and any(operations(made.document))):
        raise SpecError(refusal(left_out))
    package = into / "osvi_openapi"
    package.mkdir()
    # The sandbox reads the document at run time, where there may be no YAML parser.
    document = json.dumps(made.document, indent=1, ensure_ascii=False)
    (package / "openapi.json").write_text(f"{document}\n", encoding="utf-8")
    (package / "py.typed").touch()
    writer = _Writer(package, made.document, facts["header"])
    writer.write(facts)
    for hook in options().post_hooks:
        command = [sys.executable, "-m", *hook.split()]
        run = subprocess.run(command, check=False, capture_output=True, cwd=package, env={"LC_ALL": "C.UTF-8"})
        if run.returncode:
            raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")
    return Built(sorted({*made.notes, *writer.kinds.circular}), left_out, unneeded)


class _Writer:
    """Writes the modules of a package."""

    def __init__(self, package: Path, document: Node, token_header: str) -> None:
        self.package, self.wording = package, data_file("wording")
        forms = Forms(document)
        classes, taken = Classes(document, forms), data_file("names")
        self.classes, self.modules = classes.by_name, classes.modules
        self.kinds = Kinds(forms, classes)
        named = {form: [name for name, cls in self.classes.items() if cls.form == form] for form in CLASSES}
        self.enums = {name: enum_names(self.classes[name].schema["enum"]) for name in named["enum"]}
        records = named["record"]
        self.members = {name: members(self.kinds, name, self.wording, taken) for name in records}
        self.choices = {name: self.kinds.branches(self.classes[name].schema) for name in named["choice"]}
        self.functions = [Function(self.kinds, self.members, place, token_header) for place in operations(document)]
        # As that of openapi-python-client, so that a template of either is written in the same way.
        loader = FileSystemLoader(TEMPLATES)
        self.env = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701
        self.env.filters |= TEMPLATE_FILTERS | {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "runtime": RUNTIME, "modules": MODULES}

    def write(self, facts: dict[str, str]) -> None:
        """Write all modules."""
        self.render("__init__", "package_init")
        self.render("spec", "spec", **facts)
        for name, fields in self.members.items():
            schema, text = self.classes[name].schema, self.text_of(name, f"`{name}` of openapi.yaml.")
            others = self.kinds.others(schema).annotation if schema.get("additionalProperties") else ""
            types = [others, *(field.annotation for field in fields)]
            self.render_class(name, "model", types, text=text, members=fields, others=others)
        for name, branches in self.choices.items():
            text, types = (
                self.text_of(name, "A value of several kinds."),
                [kind.annotation for kind in branches.values()],
            )
            self.render_class(name, "choice", types, branches=branches, text=text)
        for name, names in self.enums.items():
            self.render_class(name, "str_enum", (), names=names, text=self.text_of(name, f"The values of `{name}`."))
        # A module of the name of its function would hide the function.
        operations = {function.name: f"_{function.name}" for function in self.functions}
        for function in self.functions:
            types = [function.returned, *function.parameters, *function.endpoint.values()]
            classes = sorted(self.classes_in(*types))
            self.render(f"operations/{operations[function.name]}", "operation", function=function, classes=classes)
        for folder, names in (("models", self.modules), ("operations", operations)):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))
        self.write_descriptions()

    def write_descriptions(self) -> None:
        """Write the descriptions of the fields, which are docstrings too, for where Python has no docstrings."""
        texts = {
            name: {field.name: " ".join(field.description.split()) for field in fields if field.description}
            for name, fields in self.members.items()
        }
        content = json.dumps({name: some for name, some in texts.items() if some}, indent=1, ensure_ascii=False)
        (self.package / "descriptions.json").write_text(f"{content}\n", encoding="utf-8")

    def text_of(self, name: str, default: str) -> str:
        """Return the description of a class."""
        return description_of(self.classes[name].words, self.wording.get(name)) or default

    def classes_in(self, *texts: str) -> set[str]:
        """Return the names of the classes in annotations."""
        return {*re.findall(r"\w+", " ".join(texts))} & self.modules.keys()

    def render_class(self, name: str, template: str, types: Iterable[str], **values: Any) -> None:
        """Write the module of a class, with imports of the classes in these types."""
        classes = sorted(self.classes_in(*types) - {name})
        self.render(f"models/{self.modules[name]}", template, cls=name, classes=classes, **values)

    def render(self, name: str, template: str, **values: Any) -> None:
        """Write one module."""
        path = self.package / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.env.get_template(f"{template}.py.jinja").render(values), encoding="utf-8")
