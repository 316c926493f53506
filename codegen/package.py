"""Makes the generated package: the generator parses and names, our declarations and templates say how it is written."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import runtime
from calls import calls
from kinds import Kind, Kinds
from members import members
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from prepared import leave_out, prepared
from ruamel.yaml import YAML
from spec import Spec, SpecError, load, server, sha256, token_header
from texts import docstring, literal, said_of, section, unique, wrapped

CODEGEN = Path(__file__).resolve().parent
# What the templates import from the runtime and from the standard library: no class of the spec may have such a name.
RUNTIME = [name for name, one in vars(runtime).items() if name[0] != "_" and not isinstance(one, ModuleType)]
EXTRA = {"extra": "Properties that the spec does not know. Read-only."}
TAKEN = [*RUNTIME, "Any", "Final", "Mapping", "Sequence"]


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
    options = ConfigFile.load_from_path(CODEGEN / "config.yaml")
    config = Config.from_sources(options, MetaType.NONE, openapi, "utf-8", overwrite=True, output_path=package)
    for name in TAKEN:
        override = {"class_name": f"{name}Schema", "module_name": f"{name}Schema"}
        config.class_overrides.setdefault(name, ClassOverride.model_validate(override))
    try:
        leave_out(spec, data_file("not_served"))
        _Writer(package, config, spec, parsed(prepared(spec), config)).write(facts)
    except SpecError:
        raise
    except Exception as error:  # the generator raises whatever it happens to, where it does not expect what it meets
        raise SpecError(f"cannot be generated: {error!r}") from error
    for hook in config.post_hooks:
        tool, *arguments = hook.split()
        command = [str(Path(sys.executable).with_name(tool)), *arguments]
        run = subprocess.run(command, check=False, capture_output=True, cwd=package, env={"LC_ALL": "C.UTF-8"})
        if run.returncode:
            raise SpecError(f"the generated code cannot be formatted:\n{run.stderr.decode()}")
    shutil.copytree(CODEGEN / "runtime", package / "runtime", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    # The sandbox and `osvi doctor` read the spec at run time, where there may be no YAML parser.
    whole = json.dumps(load(content), indent=1, ensure_ascii=False)
    (package / "openapi.json").write_text(f"{whole}\n", encoding="utf-8")
    (package / "py.typed").touch()


def data_file(name: str) -> Any:
    """Return what a data file beside this module holds."""
    return YAML(typ="safe", pure=True).load(CODEGEN / f"{name}.yaml")


def parsed(spec: Spec, config: Config) -> GeneratorData:
    """Have the generator parse a spec.

    Raises:
        SpecError: it left something out.
    """
    data = GeneratorData.from_dict(spec, config=config)
    if isinstance(data, GeneratorError):
        raise SpecError(f"openapi-python-client refused the spec:\n{data.detail}")
    collections = data.endpoint_collections_by_tag.values()
    errors = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if errors:
        parts = [error.data.model_dump_json(exclude_unset=True) if error.data else "" for error in errors]
        lines = [f"{error.header}\n{error.detail or ''}\n{part}" for error, part in zip(errors, parts, strict=True)]
        raise SpecError("\n".join(["openapi-python-client refused the spec:", *lines]))
    return data


class _Writer:
    """Writes the modules of one package. Each imports whatever it might use; ruff takes out what it does not."""

    def __init__(self, package: Path, config: Config, spec: Spec, data: GeneratorData) -> None:
        self.package, self.wording = package, data_file("wording")
        self.kinds = Kinds(spec, data, config, self.wording)
        taken = data_file("names")
        self.members = {name: members(self.kinds, name, self.wording, taken) for name in self.kinds.models}
        self.calls = calls(self.kinds, self.members, data)
        self.enums = {str(one.class_info.name): one for one in data.enums if one.value_type is str}
        classes = {**self.kinds.models, **self.enums}
        self.modules = {name: str(one.class_info.module_name) for name, one in classes.items()}
        self.modules |= {name: one.module for name, one in self.kinds.choices.items()}
        unique([(module, f"the class {name}") for name, module in self.modules.items()], "module")
        # The classes that each class uses, and those that it leads to, by way of others too.
        self.uses = {name: self.named(one.kind for one in all_) for name, all_ in self.members.items()}
        self.uses |= {name: self.named(one.branches) for name, one in self.kinds.choices.items()}
        self.leads_to = {name: {*used} for name, used in self.uses.items()}
        for between, beyond in self.leads_to.items():
            for name, found in self.leads_to.items():
                self.leads_to[name] = found | beyond if between in found else found
        self.env = Project(openapi=data, config=config, custom_template_path=CODEGEN / "templates").env
        self.env.filters |= {"literal": literal, "wrapped": wrapped}
        self.env.globals |= {"docstring": docstring, "section": section}

    def write(self, facts: Mapping[str, str]) -> None:
        """Write them."""
        self.render("__init__", "package_init")
        self.render("spec", "spec", **facts)
        for name, all_ in self.members.items():
            schema = self.kinds.schema(self.kinds.models[name])
            text = said_of(schema, self.wording.get(name)) or f"`{name}` of openapi.yaml."
            attributes = {one.name: one.description for one in all_} | EXTRA
            is_open = bool(schema.get("additionalProperties"))
            self.render_class(name, "model", text=text, members=all_, attributes=attributes, is_open=is_open)
        for name, choice in self.kinds.choices.items():
            self.render_class(name, "choice", choice=choice)
        for name, enum in self.enums.items():
            text = enum.description.get_untrusted_value() if enum.description else f"The values of `{name}`."
            self.render(f"models/{self.modules[name]}", "str_enum", enum=enum, text=text)
        values = {"folder": "..models", "imports": self.modules}
        for call in self.calls:
            self.render(f"operations/{call.name}", "endpoint_module", call=call, **values)
        for folder, names in (("models", self.modules), ("operations", {call.name: call.name for call in self.calls})):
            self.render(f"{folder}/__init__", "lazy_package", package=folder, names=dict(sorted(names.items())))

    def render_class(self, name: str, template: str, **values: Any) -> None:
        """Write a module of the models. Classes that lead back to this one are imported at its end."""
        circular = {other for other in self.uses[name] if name in self.leads_to.get(other, ())}
        others = {other: module for other, module in self.modules.items() if other != name}
        imports = {other: module for other, module in others.items() if other not in circular}
        at_the_end = {other: module for other, module in others.items() if other in circular}
        values |= {"cls": name, "imports": imports, "imports_at_the_end": at_the_end}
        path = self.render(f"models/{self.modules[name]}", template, **values)
        if circular and template == "model":
            lazily = re.compile(rf"\b(Record|OneOf)\(({'|'.join(sorted(circular))})\b")
            path.write_text(lazily.sub(r"\1(lambda: \2", path.read_text(encoding="utf-8")), encoding="utf-8")

    def named(self, kinds: Iterable[Kind]) -> set[str]:
        """Return the classes that are named in types."""
        return {*re.findall(r"\w+", " ".join(kind.type for kind in kinds))} & self.modules.keys()

    def render(self, name: str, template: str, **values: Any) -> Path:
        """Write one module."""
        path = self.package / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        values = {"runtime": ", ".join(RUNTIME), "imports": {}} | values
        path.write_text(self.env.get_template(f"{template}.py.jinja").render(values), encoding="utf-8")
        return path
