"""The settings of the manual, which Sphinx builds: ``.ci/run docs``."""

import enum
import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import attrs
import click
import osvi
from docutils import nodes
from osvi._cli._app import app as command
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

project = "osvi"
version = release = metadata.version("osvi")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"osvi {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_show_copyright = False
smartquotes_action = "D"  # dashes alone
add_module_names = False
python_maximum_signature_line_length = 100
strip_signature_backslash = True  # with it, napoleon escapes the underscore at the end of an argument's name
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Answers", "params_style"), ("Errors", "params_style")]  # of an operation of the spec

# In our docstrings, single backticks are references; in the texts of the spec, they are code.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [
    # Other packages. Their inventories would have to be downloaded, and the manual is built without a network.
    (r"py:.*", r"(asyncio|collections|contextlib|datetime|httpx|pytest|ssl)\..*"),
    # Type variables.
    (r"py:class", r".*\bT(_co)?(okenT)?"),
]


# References

PUBLIC_MODULES = ("osvi", "osvi.errors", "osvi.testing", "osvi.models")
PRIVATE_NAMES = {"Enveloped": "Operation"}  # a subclass


def link_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element) -> Any:
    """Link a name to its page, whatever module an annotation or a docstring takes it from."""
    name = node["reftarget"].rpartition(".")[2]
    python = env.domains.python_domain
    for target in (f"{module}.{PRIVATE_NAMES.get(name, name)}" for module in PUBLIC_MODULES):
        if node.get("refdomain") == "py" and target in python.objects:
            return python.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)
    return None


# Classes and exceptions

DOTTED = re.compile(r"(?<![\w.])(?=\w+\.)")  # the beginning of a name with its module


def skip_fields(_: Sphinx, what: str, __: str, member: Any, *___: Any) -> bool | None:
    """Skip the fields of a class, since the section ``Attributes`` of its docstring has them."""
    return True if what == "class" and not (callable(member) or isinstance(member, (property, enum.Enum))) else None


def put_type_beside_name(_: Sphinx, __: str, ___: str, documented: Any, ____: Any, lines: list[str]) -> None:
    """Put the type of an attribute, without its module, beside the name; napoleon puts it below the description."""
    converted: list[str] = []
    head = 0
    for line in lines:
        if line.startswith(".. attribute:: "):
            converted += [line, "   :no-contents-entry:"]
            head = len(converted)
            if line.endswith("\\_"):  # napoleon does not find the type of an escaped name
                name = line.removeprefix(".. attribute:: ").replace(BACKSLASH, "")
                converted.append(f"   :type: {DOTTED.sub('~', str(attrs.fields_dict(documented)[name].type))}")
        elif line.startswith("   :type: "):
            converted.insert(head, DOTTED.sub("~", line))
        else:
            converted.append(line)
    lines[:] = converted


def annotate_arguments() -> None:
    """Give the arguments of the classes of the spec the types of their fields; attrs gives them those of converters."""
    for cls in filter(attrs.has, (getattr(osvi.models, name) for name in osvi.models.__all__)):
        cls.__init__.__annotations__.update({field.alias: field.type for field in attrs.fields(cls)})


def hide_arguments(_: Sphinx, what: str, __: str, ___: Any, ____: Any, arguments: str, *_____: Any) -> Any:
    """Hide the arguments of an exception, since only this package raises it."""
    return ("", None) if what == "exception" and arguments else None


# The command


class CommandHelp(SphinxDirective):
    """The texts of ``--help``, each in a section of its own."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        osvi_command = click.Context(command, info_name="osvi", terminal_width=80, **command.context_settings)
        commands = [click.Context(one, osvi_command, name) for name, one in command.commands.items()]
        return [self._section(context) for context in (osvi_command, *commands)]

    def _section(self, context: click.Context) -> nodes.section:
        name, text = context.command_path, context.command.get_help(context)
        section = nodes.section("", nodes.title(name, name), nodes.literal_block(text, text, language="text"))
        section["names"].append(name)
        self.state.document.note_implicit_target(section)
        return section


# The texts of the spec. They are Markdown, and can be anything; the manual must be built without a warning. Code, bold
# type, links and lists are shown as such, and the rest as plain text.

SECTION = re.compile(r"(Args|Attributes|Answers|Errors|Raises):")
INLINE = re.compile(
    r"(?P<fence>`+)(?P<code>(?:(?!\n\n).)+?)(?P=fence)(?!`)"
    r"|\*\*(?P<bold>\w(?:[^*`\\\n]*\w)?)\*\*"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s`<>\\]*)\)"
    r"|(?P<special>[\\*|_`])",
    re.DOTALL,
)
PIECE_END = re.compile(r"(?<=[`*_])\\$")  # at the end of a line, the backslash after a piece would join two words
BULLET = re.compile(r"^(-|\+|\\\*|•) +")
NUMBER = re.compile(r"\d+[.)] ")
BLOCK_MARK = re.compile(r"^[^\w\s\\]|^\w+[.)](?= )|:$")
BACKSLASH = "\\"
ENTRY_TEXT = 8  # the indent of the lines that continue the text of an entry


def convert_spec_text(_: Sphinx, __: str, ___: str, documented: Any, ____: Any, lines: list[str]) -> None:
    """Convert the docstring of a class or a function of the spec to reStructuredText."""
    module = str(getattr(documented, "__module__", ""))
    if documented is osvi.ChatSession or module.startswith(("osvi_openapi.models", "osvi_openapi.operations")):
        lines[:] = convert_blocks(INLINE.sub(convert_inline, "\n".join(lines)).splitlines())


def convert_inline(match: re.Match[str]) -> str:
    """Convert a piece of Markdown within a line."""
    label, url = match["label"], match["url"]
    if match["special"]:
        return escape(match)
    if match["fence"]:
        code = " ".join(match["code"].split())
        role = ":py:obj:`{}`" if code in osvi.models.__all__ else "``{}``"
        return f"\\ {role.format(code)}\\ " if code else ""
    if match["bold"]:
        return f"\\ **{match['bold']}**\\ "
    if url.startswith("https://"):
        plain = re.sub(r"[^\w ]", "", label)
        return f"\\ `{plain} <{url}>`__\\ "
    return INLINE.sub(convert_inline, label)


def convert_blocks(lines: list[str]) -> Iterator[str]:
    """Convert lists, and escape what would begin another block, such as a table or a heading."""
    in_section = in_list = False
    for before, line in zip(["", *lines], lines, strict=False):
        text = PIECE_END.sub("", line.strip())
        if not before and SECTION.fullmatch(line):
            in_section = True
            yield line
            continue
        in_section = in_section and (not text or line.startswith(" "))
        indent = line[: min(len(line) - len(line.lstrip()), ENTRY_TEXT)] if in_section else ""
        bullet = BULLET.match(text)
        if in_section and text and len(indent) < ENTRY_TEXT:  # the first line of an entry
            name, _, text = text.partition(": ")
            indent, bullet, in_list = f"{indent}{name.replace(BACKSLASH, '')}: ", None, False
        elif (bullet and not in_list) or NUMBER.match(text):
            yield ""
        in_list = bool(text and (bullet or in_list))
        mark = ("- " if bullet else "  ") if in_list else ""
        yield f"{indent}{mark}{BLOCK_MARK.sub(escape, text[bullet.end() :] if bullet else text)}"


def escape(match: re.Match[str]) -> str:
    """Put a backslash before the last character."""
    return f"{match[0][:-1]}\\{match[0][-1]}"


def setup(app: Sphinx) -> None:
    """Add the functions above to Sphinx."""
    annotate_arguments()
    app.connect("missing-reference", link_public_name)
    app.connect("autodoc-process-signature", hide_arguments)
    app.connect("autodoc-skip-member", skip_fields)
    app.connect("autodoc-process-docstring", convert_spec_text, priority=100)  # before napoleon
    app.connect("autodoc-process-docstring", put_type_beside_name, priority=900)  # after it
    app.add_directive("command-help", CommandHelp)
