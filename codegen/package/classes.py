"""The classes of a document in normal form, each with a name of its own."""

from collections.abc import Iterator

from attrs import frozen

from codegen.document.forms import CLASSES, Forms
from codegen.document.normal.document import schemas_of
from codegen.document.normal.nodes import COMPONENTS, below
from codegen.document.reading import Node
from codegen.package.naming import ClassNames, distinct, function_names, inline_text


@frozen
class Class:
    """A class.

    Attributes:
        place: Its place in the document.
        form: Its form.
        schema: Its schema in normal form.
    """

    place: str
    form: str
    schema: Node


@frozen
class _Part:
    """A schema, its place in the document, and the text for the name of its class."""

    text: str
    place: str
    schema: Node


class Classes:
    """Finds the classes of a document, and names them by their places.

    Components get their names first, then the schemas within them and in operations, then those within these, and so
    on, so that growth renames nothing: a class within a class is named after that.

    Args:
        document: The document in normal form.
        forms: The forms of its schemas.

    Attributes:
        by_name: The classes, by their names.
        modules: The names of their modules, by the names of the classes.
        functions: The names of the functions of the operations, by those of the operations.
    """

    def __init__(self, document: Node, forms: Forms) -> None:
        self._forms, self._names = forms, ClassNames()
        self.by_name: dict[str, Class] = {}
        self.modules = self._names.modules
        self.functions = function_names(document["operations"])
        components = document["components"]["schemas"].items()
        parts = self._named([_Part(name, below(COMPONENTS, name), schema) for name, schema in components])
        for operation, node in document["operations"].items():
            for place, name, schema in schemas_of(node):
                parts.append(_Part(inline_text(self.functions[operation], name), place, schema))
        while parts:
            parts = self._named(parts)
        self._by_schema = {id(cls.schema): name for name, cls in self.by_name.items()}

    def name_of(self, schema: Node) -> str:
        """Return the name of the class of a schema. Empty if it has none."""
        return self._by_schema.get(id(self._forms.resolved(schema)), "")

    def _named(self, parts: list[_Part]) -> list[_Part]:
        """Name the classes of schemas, and return the schemas within these."""
        within = []
        for part in sorted(parts, key=lambda part: (self._names.plain(part.text).name != part.text, part.place)):
            if "$ref" in part.schema:  # the class is that of a component
                continue
            form, text = self._forms.of(part.schema), part.text
            if form in CLASSES:
                text = self._names.new(text)
                self.by_name[text] = Class(part.place, form, part.schema)
            for steps, name, schema in self._children(part.schema):
                within.append(_Part(inline_text(text, name), below(part.place, *steps), schema))
        return within

    def _children(self, schema: Node) -> Iterator[tuple[tuple[str, ...], str, Node]]:
        """Yield the schemas in a schema, with their places in it and their names there."""
        yield from ((("properties", name), name, child) for name, child in schema.get("properties", {}).items())
        for key, name in {"additionalProperties": "additional_property", "items": "item"}.items():
            if isinstance(schema.get(key), dict):
                yield (key,), name, schema[key]
        if "anyOf" in schema:
            tags = self._forms.tags(schema)
            by_branch = {id(branch): str(tag) for tag, branch in sorted(tags.branches.items())} if tags else {}
            branches = dict(enumerate(schema["anyOf"]))
            names = {
                index: by_branch.get(id(branch)) or branch.get("title") or f"type_{index}"
                for index, branch in branches.items()
            }
            for index, name in distinct(names, names.__getitem__).items():
                yield (name,), name, branches[index]
