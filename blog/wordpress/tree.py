"""A cleaned post as a small tree, never deeper than the code that walks over it can stand."""

from collections.abc import Iterator
from html.parser import HTMLParser

from blog.sanitiser import clean_structure

MAX_DEPTH = 60
_VOID = frozenset({"br", "hr", "img"})


class Node:
    """One element: its children are elements and texts. Below MAX_DEPTH only texts are kept."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node | str] = []

    def descendants(self) -> Iterator["Node"]:
        """All elements inside, in the order of the text."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.descendants()

    def holds(self, tags: frozenset[str]) -> bool:
        """Whether one of `tags` is inside."""
        return any(node.tag in tags for node in self.descendants())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self.path = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self.path) > MAX_DEPTH:
            node = self.path[-1]
        else:
            node = Node(tag, {name: value or "" for name, value in attrs})
            self.path[-1].children.append(node)
        if tag not in _VOID:
            self.path.append(node)

    def handle_endtag(self, _tag: str) -> None:
        if len(self.path) > 1:
            self.path.pop()

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(data)


def read_tree(html: str) -> Node:
    """The root of `html` after the sanitiser has made it well-formed and harmless."""
    builder = _Builder()
    builder.feed(clean_structure(html))
    builder.close()
    return builder.root
