"""The classes of a document in normal form, each with a name of its own."""

from collections.abc import Collection, Iterator, Mapping

from attrs import frozen
from openapi_python_client.config import Config

from codegen.document.forms import CLASSES, Forms
from codegen.document.normal.document import operations, schemas_of
from codegen.document.normal.nodes import COMPONENTS, below, is_nullable
from codegen.document.reading import Node
from codegen.package.naming import ClassNames, field_names, inline_text, operation_names


@frozen
class Class:
    """A class: its form, its place, its schema in normal form, and the names of its fields by the properties.

    ``words`` is the schema with null, which has the description.
    """

    form: str
    place: str
    schema: Node
    words: Node
    fields: dict[str, str]


@frozen
class _Unnamed:
    """A class that has no name yet. Its owner is a name, or the place of another class."""

    owner: str
    name: str
    depth: int
    form: str
    schema: Node
    words: Node


class Classes:
    """Finds the classes of a document, and names them by their places.

    Components get their names first, then the schemas in their order of depth, so that growth renames nothing: a class
    within a class is named after that, and null and other words are no part of a name.

    Args:
        document: The document in normal form.
        forms: The forms of its schemas.
        config: The options of the generator, with better names for some classes.
        taken: The names that the fields of a class cannot have. Those of "every class" are for all.

    Attributes:
        by_name: The classes, by their names.
        functions: The names of the functions of the operations, by path and method.
    """

    def __init__(self, document: Node, forms: Forms, config: Config, taken: Mapping[str, Collection[str]]) -> None:
        self._forms = forms
        self._found: dict[str, _Unnamed] = {}  # by their places
        for name, schema in document["components"]["schemas"].items():
            self._walk(schema, "", name, below(COMPONENTS, name), depth=0)
        self.functions = operation_names((path, method) for path, method, _ in operations(document))
        for path, method, node in operations(document):
            for place, name, schema in schemas_of(node, below("#/paths", path, method)):
                self._walk(schema, self.functions[path, method], name, place, depth=1)
        self._names: dict[int, str] = {}  # by the identities of the schemas
        self.by_name: dict[str, Class] = {}
        for place, name in self._named(ClassNames(config)).items():
            one = self._found[place]
            self._names[id(one.schema)] = name
            marked = {*taken.get("every class", ()), *taken.get(name, ())}
            fields = field_names(one.schema.get("properties", ()), marked)
            self.by_name[name] = Class(one.form, place, one.schema, one.words, fields)

    def name_of(self, schema: Node) -> str:
        """Return the name of the class of a schema, null apart. Empty if it has none."""
        return self._names.get(id(self._forms.resolved(schema)), "")

    def _named(self, names: ClassNames) -> dict[str, str]:
        """Return the names by the places."""
        named: dict[str, str] = {}
        for depth in sorted({one.depth for one in self._found.values()}):
            texts = {
                place: inline_text(named.get(one.owner, one.owner), one.name)
                for place, one in self._found.items()
                if one.depth == depth
            }
            for place in sorted(texts, key=lambda place: (names.plain(texts[place]) != texts[place], place)):
                named[place] = names.new(texts[place])
        return named

    def _walk(self, schema: Node, owner: str, name: str, place: str, depth: int) -> None:
        """Find the classes in a schema. The first of them is named by ``owner`` and ``name``."""
        words = schema
        while is_nullable(schema):
            schema = schema["anyOf"][0]
        if "$ref" in schema:
            return
        form = self._forms.of(schema)
        if form in CLASSES:
            self._found[place] = _Unnamed(owner, name, depth, form, schema, words)
            owner, name = place, ""
        for step, child_name, child in self._children(schema, form):
            self._walk(child, owner, f"{name}_{child_name}" if name else child_name, below(place, *step), depth + 1)

    def _children(self, schema: Node, form: str) -> Iterator[tuple[tuple[str, ...], str, Node]]:
        """Yield the schemas in a schema, with their places in it and their names there."""
        if form == "record":
            yield from ((("properties", name), name, child) for name, child in schema["properties"].items())
        if form in {"record", "map"} and isinstance(schema.get("additionalProperties"), dict):
            yield ("additionalProperties",), "additional_property", schema["additionalProperties"]
        elif form == "array":
            yield ("items",), "item", schema["items"]
        elif "anyOf" in schema:
            tags = self._forms.tags(schema)
            by_branch = {id(branch): str(tag) for tag, branch in sorted(tags.branches.items())} if tags else {}
            for index, branch in enumerate(schema["anyOf"]):
                name = by_branch.get(id(branch)) or branch.get("title") or f"type_{index}"
                yield (name,), name, branch
