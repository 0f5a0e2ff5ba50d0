"""Changes of single keys in a TOML text: all else stays as it is, comments and blanks included.

Each function takes valid TOML, and returns the changed text. Values are given as TOML.
"""

from heatcli.config.toml_lines import Entry, KeyPath, entries_of
from heatcli.config.toml_words import toml_key


def set_value(text: str, path: KeyPath, value: str) -> str:
    """Give a key a value; it is added to its table where there is none."""
    for entry in entries_of(text):
        if entry.path == path and entry.value is not None:
            return text[: entry.value] + value + text[entry.end :]
    return _add(remove(text, path), path[:-1], f"{toml_key(str(path[-1]))} = {value}")


def add_table(text: str, table: KeyPath) -> str:
    """Add an empty table at the end."""
    newline = _newline(text)
    return _insert(text, len(text), f"{newline if text else ''}{_header(table)}")


def rename(text: str, path: KeyPath, name: str) -> str:
    """Give a key or table another name, wherever it is written."""
    places = {
        place
        for entry in entries_of(text)
        for number, place in enumerate(reversed(entry.names))
        if entry.path[: len(entry.path) - number] == path
    }
    for begin, end in sorted(places, reverse=True):
        text = text[:begin] + toml_key(name) + text[end:]
    return text


def remove(text: str, path: KeyPath) -> str:
    """Take out a key or table with all that is in it; comments above it stay."""
    while inside := [entry for entry in entries_of(text) if _begins_with(entry.path, path)]:
        lines = [entry for entry in inside if not entry.is_inline]
        if lines:
            # From the end: without its header, what is in a table would be in the one before.
            last = max(lines, key=lambda entry: entry.begin)
            text = text[: _line_begin(text, last.begin)] + text[_line_end(text, last.end) :]
        else:
            text = _without_inline(text, min(inside, key=lambda entry: len(entry.path)))
    return text


def _add(text: str, table: KeyPath, pair: str) -> str:
    """Add a key with its value to a table, at its end; a table that is not there yet is made."""
    entries = entries_of(text)
    inline = next((one for one in entries if one.path == table and one.value is not None), None)
    if inline is not None:
        before = text[: inline.end - 1].rstrip()
        return f"{before}{' ' if before.endswith('{') else ', '}{pair} }}{text[inline.end :]}"
    if any(one.path == table and one.value is None for one in entries) or not table:
        return _insert(text, _section_end(text, entries, table), pair)
    through = [
        one for one in _pairs(entries) if _begins_with(one.path, table) and len(one.table) < len(table)
    ]
    if through:
        last = through[-1]
        names = ".".join(toml_key(str(name)) for name in table[len(last.table) :])
        return _insert(text, _line_end(text, last.end), f"{names}.{pair}")
    parent = table[:-1]
    of_parent = [one for one in entries if _begins_with(one.path, parent)]
    if any(one.value and (one.path == parent or len(one.table) < len(parent)) for one in of_parent):
        return _add(text, parent, f"{toml_key(str(table[-1]))} = {{ {pair} }}")
    headers = [one.path for one in of_parent if one.value is None]
    end = _section_end(text, entries, headers[-1]) if headers else len(text)
    newline = _newline(text)
    after = newline if text[end:].startswith("[") else ""
    return _insert(text, end, f"{newline if end else ''}{_header(table)}{newline}{pair}{after}")


def _header(table: KeyPath) -> str:
    return f"[{'.'.join(toml_key(str(name)) for name in table)}]"


def _begins_with(path: KeyPath, table: KeyPath) -> bool:
    return path[: len(table)] == table


def _pairs(entries: list[Entry]) -> list[Entry]:
    return [one for one in entries if one.value is not None and not one.is_inline]


def _section_end(text: str, entries: list[Entry], table: KeyPath) -> int:
    """Return where the lines below the header of a table end; the top of the file has none."""
    end, inside = 0, not table
    for entry in entries:
        if entry.value is None:
            inside = entry.path == table
        if inside and not entry.is_inline:
            end = _line_end(text, entry.end)
    return end


def _insert(text: str, at: int, lines: str) -> str:
    """Insert whole lines where a line ends."""
    newline = _newline(text)
    before = text[:at]
    if before and not before.endswith("\n"):
        before += newline
    return f"{before}{lines}{newline}{text[at:]}"


def _without_inline(text: str, entry: Entry) -> str:
    """Take a key out of an inline table, and one of the commas beside it."""
    before, after = text[: entry.begin], text[entry.end :]
    if after.lstrip().startswith(","):
        return before + after.lstrip()[1:].lstrip()
    return before.rstrip().removesuffix(",") + after


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_begin(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
