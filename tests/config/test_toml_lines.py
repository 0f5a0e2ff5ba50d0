"""Lines of keys, against documents that are written at random and read by tomllib."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.config.toml_lines import KeyPath, Repeated, key_lines, line_of, repeated_key


def paths(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Every key and element of what tomllib has read."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*path, number))


names = st.sampled_from(["a", "b-1", "3", "till 1", "a.b", "ü", 'q"\\', "#", "[x]", "=", ""])
# Every leaf is a number of its own, which stands on one line of the text and on no other.
trees = st.recursive(
    st.none(),
    lambda inner: st.dictionaries(names, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=15,
)
documents = st.dictionaries(names, trees, max_size=5)


class Writer:
    """Writes a tree as TOML, in any of the ways that TOML has."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.leaves = 1000

    def leaf(self) -> str:
        self.leaves += 1
        ways = ["{}", "{}.5", '"# {} = [\\" "', "'{} ] }}, '", '"""{}"{{""" ', "{}-01-01 10:00:00"]
        return self.draw(st.sampled_from(ways)).format(self.leaves % 10_000)

    def key(self, name: str) -> str:
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if name in ("a", "b-1", "3") and self.draw(st.booleans()):
            return name
        return self.draw(st.sampled_from([quoted, f"'{name}'"]))

    def gap(self) -> str:
        return self.draw(st.sampled_from(["", " ", "\n", " # [no] = 'table'\n\n"]))

    def inline(self, tree: Any) -> str:
        if tree is None:
            return self.leaf()
        if isinstance(tree, list):
            items = [self.gap() + self.inline(item) + self.gap() for item in tree]
            end = self.draw(st.sampled_from(["", ",", "\n"])) if items else self.gap()
            return "[" + ",".join(items) + end + "]"
        return "{ " + ", ".join(f"{self.key(k)} = {self.inline(v)}" for k, v in tree.items()) + " }"

    def table(self, tree: dict[str, Any], prefix: list[str]) -> str:
        """First what stands in the table itself, then its subtables."""
        own, below = "", ""
        for name, value in tree.items():
            key = self.key(name)
            if isinstance(value, dict) and self.draw(st.booleans()):
                here = [*prefix, key]
                below += f"{self.gap()}\n[{' . '.join(here)}] # a table\n" + self.table(value, here)
            elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
                here = [*prefix, key]
                below += "".join(f"\n[[ {'.'.join(here)} ]]\n" + self.table(v, here) for v in value)
            elif isinstance(value, dict) and value and self.draw(st.booleans()):
                own += "".join(f"{key} . {self.key(k)} = {self.inline(v)}\n" for k, v in value.items())
            else:
                own += f"{key}\t= {self.inline(value)}{self.gap()}\n"
        return own + below


@st.composite
def texts(draw: st.DrawFn) -> str:
    return Writer(draw).table(draw(documents), [])


@given(texts())
def test_every_key_has_the_line_on_which_it_is(text: str) -> None:
    read = dict(paths(tomllib.loads(text)))
    lines = key_lines(text)
    assert lines.keys() == read.keys()
    for path, value in read.items():
        if not isinstance(value, (dict, list)):
            number = re.findall(r"\d{4}", str(value))[0]
            assert number in text.splitlines()[lines[path] - 1]
        for length in range(1, len(path)):
            assert lines[path[:length]] <= lines[path]


DOCUMENT = '''# cameras
timezone = "UTC"
[cameras."till 1"]
sources = [
    "a.mp4", # the first
    "b.mp4",
]
floor.plan = "plan.png"
note = """
[cameras.none]
x = 1 \\""" """
start = 2026-03-14 10:00:00

[cameras."till 1".zones]
till = { circle = [0.4, 0.6, 0.1] }
shelf = { polygon = [[0.5, 0.4],
                     [0.7, 0.4],
                     [0.7, 0.7]] }
[[cameras.b.points]]
x = 1
[[cameras.b.points]]
[cameras.b.points.y]
z = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["timezone"], 2),
        (["cameras"], 3),
        (["cameras", "till 1", "sources"], 4),
        (["cameras", "till 1", "sources", 1], 6),
        (["cameras", "till 1", "floor", "plan"], 8),
        (["cameras", "till 1", "start"], 12),
        (["cameras", "till 1", "zones", "till", "circle", 2], 15),
        (["cameras", "till 1", "zones", "shelf", "polygon", 2, 0], 18),
        (["cameras", "b", "points", 0, "x"], 20),
        (["cameras", "b", "points", 1, "y", "z"], 23),
        (["cameras", "b", "points", 1, "missing"], 21),
        (["cameras", "till 1", "weights"], 3),
        (["views"], None),
    ],
)
def test_lines_of_a_document(path: list[str | int], line: int | None) -> None:
    assert line_of(DOCUMENT, path) == line


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("a = 1\nb = 2\na = 3\nb = 4", Repeated(("a",), 1, 3)),
        ("[a]\nb = {\n}\n[a.b]\n1 2", Repeated(("a", "b"), 2, 4)),
        ("[a.b]\n[a]\nb.c = 1\n[a.d]\n[[e]]\n[e.x]\n[[e]]\n[e.x]\n", None),
        ("[a]\nb = 1\n[[a]]\n1 2", None),
    ],
)
def test_a_key_that_is_there_twice(text: str, repeated: Repeated | None) -> None:
    assert repeated_key(text) == repeated


@given(texts())
def test_nothing_is_there_twice_in_what_tomllib_reads(text: str) -> None:
    assert repeated_key(text) is None
