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
        owner: The place of the class that has it, or the name of an operation. Empty for a component.
        own_name: Its name there.
        depth: The number of schemas in which it is.
    """

    place: str
    form: str
    schema: Node
    owner: str
    own_name: str
    depth: int


class Classes:
    """Finds the classes of a document, and names them by their places.

    Components get their names first, then the schemas in their order of depth, so that growth renames nothing: a class
    within a class is named after that, and null and other words are no part of a name.

    Args:
        document: The document in normal form.
        forms: The forms of its schemas.

    Attributes:
        by_name: The classes, by their names.
        modules: The names of their modules, by the names of the classes.
        functions: The names of the functions of the operations, by those of the operations.
    """

    def __init__(self, document: Node, forms: Forms) -> None:
        self._forms = forms
        self._found: dict[str, Class] = {}  # by their places
        for name, schema in document["components"]["schemas"].items():
            self._walk(schema, "", name, below(COMPONENTS, name), depth=0)
        self.functions = function_names(document["operations"])
        for operation, node in document["operations"].items():
            for place, name, schema in schemas_of(node):
                self._walk(schema, self.functions[operation], name, place, depth=1)
        names = ClassNames()
        self.by_name = {name: self._found[place] for place, name in self._named(names).items()}
        self.modules = names.modules
        self._names = {id(cls.schema): name for name, cls in self.by_name.items()}

    def name_of(self, schema: Node) -> str:
        """Return the name of the class of a schema, null apart. Empty if it has none."""
        return self._names.get(id(self._forms.resolved(schema)), "")

    def _named(self, names: ClassNames) -> dict[str, str]:
        """Return the names by the places."""
        named: dict[str, str] = {}
        for depth in sorted({cls.depth for cls in self._found.values()}):
            texts = {
                place: inline_text(named.get(cls.owner, cls.owner), cls.own_name)
                for place, cls in self._found.items()
                if cls.depth == depth
            }
            for place in sorted(texts, key=lambda place: (names.plain(texts[place]).name != texts[place], place)):
                named[place] = names.new(texts[place])
        return named

    def _walk(self, schema: Node, owner: str, name: str, place: str, depth: int) -> None:
        """Find the classes in a schema. The first of them is named by ``owner`` and ``name``."""
        if "$ref" in schema:
            return
        form = self._forms.of(schema)
        if form in CLASSES:
            self._found[place] = Class(place, form, schema, owner, name, depth)
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
            names = {
                index: by_branch.get(id(branch)) or branch.get("title") or f"type_{index}"
                for index, branch in enumerate(schema["anyOf"])
            }
            unique = distinct(names, names.__getitem__)
            yield from (((unique[index],), unique[index], branch) for index, branch in enumerate(schema["anyOf"]))
