"""Texts, names and numbers as TOML writes them."""

import json
import re


def toml_text(text: str) -> str:
    """Write a text as a string of TOML, which wants one more character escaped than JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """Write a name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_text(name)


def toml_value(value: object) -> str:
    """Write a text, number, list or table of these as a value of TOML; a table becomes an inline one.

    Raises:
        TypeError: the value is none of these.
    """
    match value:
        case str():
            return toml_text(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return (
                f"{{ {', '.join(f'{toml_key(name)} = {toml_value(one)}' for name, one in value.items())} }}"
            )
    raise TypeError(f"no value of TOML: {value!r}")
