"""Where each key in a TOML text is written, which `tomllib` does not tell."""

import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""Names of keys, and indices into arrays, from the top of the document."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|("(?:\\.|[^"\\])*"|'[^']*'))[ \t]*""")
# A text of several lines may end with two more quotes, which belong to it.
_TEXT = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:""?)?|\'\'\'.*?\'\'\'(?:\'\'?)?|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line, from 1, on which a key or an element of an array is written.

    Args:
        text: valid TOML.
        path: path of the key; if the text does not have it, the nearest table around it counts.

    Returns:
        Line of the key; None if the text has no part of the path.
    """
    lines = key_lines(text)
    known = (
        lines[tuple(path[:length])] for length in range(len(path), 0, -1) if tuple(path[:length]) in lines
    )
    return next(known, None)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, on which each key, table and element of an array is first named.

    Args:
        text: valid TOML.
    """
    walk = _Walk(text)
    walk.document()
    return walk.lines


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or the header of a table, as it is written. Places are counted in characters.

    Attributes:
        path: path of the key or table.
        names: begin and end of each name that is written here, which are the last ones of the path.
        begin: place of its first character.
        end: place after its last character.
        value: begin of the value; None for a header.
        is_inline: whether it is part of an inline table.
    """

    path: KeyPath
    names: tuple[tuple[int, int], ...]
    begin: int
    end: int
    value: int | None
    is_inline: bool

    @property
    def table(self) -> KeyPath:
        """Path of the table in which the names are written."""
        return self.path[: -len(self.names)]


def entries_of(text: str) -> list[Entry]:
    """Return all keys and headers in the order in which they end; what is in an inline table comes before it.

    Args:
        text: valid TOML.
    """
    walk = _Walk(text)
    walk.document()
    return walk.entries


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key or table that appears twice.

    Attributes:
        path: path of the key or table.
        first: line of the first one, from 1.
        second: line of the second one.
    """

    path: KeyPath
    first: int
    second: int


def repeated_key(text: str) -> Repeated | None:
    """Return the first key or table that appears twice, up to the first place that is not TOML."""
    walk = _Walk(text)
    with suppress(ValueError):
        walk.document()
    return walk.repeated


@dataclass(slots=True)
class _Walk:
    """A walk through a document that is known to be valid: it only notes where things are."""

    text: str
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    # Index of the last table that each array of tables has so far; a later header means that table.
    tables: dict[KeyPath, int] = field(default_factory=dict)
    # Lines of what has a key or header of its own, and is not only part of a longer one.
    given: dict[KeyPath, int] = field(default_factory=dict)
    repeated: Repeated | None = None
    entries: list[Entry] = field(default_factory=list)
    # Where the names of the key that was read last begin and end.
    names: tuple[tuple[int, int], ...] = ()

    def document(self) -> None:
        table: KeyPath = ()
        while self._next() and self.repeated is None:
            begin = self.at
            if self._skip("[["):
                table = self._note((), self._key())
                number = self.tables[table] = self.tables.get(table, -1) + 1
                table = self._note(table, [number])
                self._skip("]]")
                self.entries.append(Entry(table, self.names, begin, self.at, None, is_inline=False))
            elif self._skip("["):
                table = self._give((), self._key())
                self._skip("]")
                self.entries.append(Entry(table, self.names, begin, self.at, None, is_inline=False))
            else:
                self._pair(table, is_inline=False)

    def _next(self) -> str:
        """Skip blanks and comments; return the next character, nothing at the end."""
        self.at = self._match(_BLANK).end()
        return self.text[self.at : self.at + 1]

    def _skip(self, what: str) -> bool:
        found = self.text.startswith(what, self.at)
        self.at += len(what) * found
        return found

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"no TOML at character {self.at}")
        return found

    def _key(self) -> list[str]:
        """Read a key; one with dots has several parts."""
        parts: list[str] = []
        names: list[tuple[int, int]] = []
        while not parts or self._skip("."):
            found = self._match(_KEY_PART)
            parts.append(found[1] or tomllib.loads(f"key = {found[2]}")["key"])
            names.append(found.span(1 if found[1] else 2))
            self.at = found.end()
        self.names = tuple(names)
        return parts

    def _note(self, table: KeyPath, parts: Sequence[str | int]) -> KeyPath:
        """Write down the line of a key and of the tables it goes through; return its path."""
        path = table
        for part in parts:
            if path != table and path in self.tables:
                path = (*path, self.tables[path])
            path = (*path, part)
            self.lines.setdefault(path, self._line())
        return path

    def _give(self, table: KeyPath, parts: Sequence[str | int]) -> KeyPath:
        """Write down the line of a key or table that is given here; return its path."""
        path = self._note(table, parts)
        line = self._line()
        if self.given.setdefault(path, line) != line and self.repeated is None:
            self.repeated = Repeated(path, self.given[path], line)
        return path

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _pair(self, table: KeyPath, *, is_inline: bool) -> None:
        begin = self.at
        path = self._give(table, self._key())
        names = self.names
        self._skip("=")
        self._next()
        value = self.at
        self._value(path)
        end = value + len(self.text[value : self.at].rstrip())
        self.entries.append(Entry(path, names, begin, end, value, is_inline))

    def _value(self, path: KeyPath) -> None:
        first = self._next()
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self.at = self._match(_TEXT if first in "\"'" else _PLAIN).end()

    def _array(self, path: KeyPath) -> None:
        self._skip("[")
        number = 0
        while self._next() != "]":
            self._value(self._note(path, [number]))
            self._next()
            self._skip(",")
            number += 1
        self._skip("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._skip("{")
        while self._next() != "}":
            self._pair(path, is_inline=True)
            self._next()
            self._skip(",")
        self._skip("}")
