"""What is wrong with a configuration file, and on which line, in one line."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heatcli.config.toml_lines import KeyPath, line_of, repeated_key
from heatcli.errors import did_you_mean

# Plain words for the messages in which pydantic uses its own.
_WORDS = {
    "missing": "is missing",
    "too_short": "needs at least {min_length}, got {actual_length}",
    "too_long": "takes at most {max_length}, got {actual_length}",
    "value_error": "{error}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "finite_number": "must be finite",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a day such as 2026-03-14",
    "date_parsing": "must be a day such as 2026-03-14",
    "date_from_datetime_parsing": "must be a day such as 2026-03-14",
    "date_from_datetime_inexact": "must be a day such as 2026-03-14",
    "datetime_type": "must be a time such as 2026-03-14T10:00:00",
    "datetime_parsing": "must be a time such as 2026-03-14T10:00:00",
    "datetime_from_date_parsing": "must be a time such as 2026-03-14T10:00:00",
}

# What others call a rectangle, and keys below which numbers are places in the picture.
_RECTANGLES = ("rect", "rectangle", "box", "bbox")
_PICTURE = {"zones", "regions", "masks", "image"}


class FieldError(ValueError):
    """A value that does not fit others, found by a model that holds them all.

    Attributes:
        path: path of the value within that model.
    """

    def __init__(self, path: KeyPath, what: str) -> None:
        super().__init__(what)
        self.path = path


def value_mistake(file: Path, text: str, error: ValidationError, model: type[BaseModel]) -> str:
    """Say which key is unknown; if all are known, say what is wrong with the first refused value.

    Unknown keys come first: where a key is misspelt, its value is missing as well.

    Args:
        file: configuration file that was read.
        text: text of the file, valid TOML.
        error: mistakes that `model` found in it.
        model: model of the whole file.
    """
    found = [_Found.of(mistake, tomllib.loads(text)) for mistake in error.errors()]
    first = min(found, key=lambda one: one.mistake["type"] != "extra_forbidden")
    # Where several types are allowed, each has its mistake: the one that got furthest is what was meant.
    same = [one for one in found if one.path[: len(first.path)] == first.path]
    deepest = max(same, key=lambda one: len(one.path))
    mistake, path = deepest.mistake, deepest.path
    what = " or ".join(dict.fromkeys(_words(one.mistake) for one in same if one.path == path))
    what = what.replace(" or must be ", " or ")
    told = path
    if mistake["type"] == "extra_forbidden":
        what = f"no such key{did_you_mean(str(path[-1]), _known_keys(model, path[:-1]))}"
        if path[-1] in _RECTANGLES:
            what = "no such key; write a rectangle as polygon = [[x, y], [x, y]], two opposite corners"
    elif mistake["type"] == "value_error":
        at = getattr(mistake["ctx"]["error"], "path", ())
        path = (*path, *at)
        # The element of a list that is meant has its line, and its value is in the words.
        told = path if not at or isinstance(at[-1], str) else path[:-1]
    elif isinstance(mistake["input"], (str, int, float)):
        what += f", got {mistake['input']!r}"
        if mistake["type"] == "less_than_equal" and _PICTURE.intersection(path):
            what += "; divide pixels by the frame's width (x and a radius) or height (y)"
    line = line_of(text, path)
    return (
        f"{file}{'' if line is None else f' line {line}'}: {'.'.join(map(str, told)) or 'the file'}: {what}"
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A mistake with its place in the file.

    Attributes:
        mistake: what pydantic says of it.
        path: path of the key, without the names of types that pydantic tries one after the other.
    """

    mistake: ErrorDetails
    path: KeyPath

    @classmethod
    def of(cls, mistake: ErrorDetails, data: object) -> Self:
        is_absent = mistake["type"] in ("missing", "extra_forbidden")
        *tables, last = mistake["loc"] or ("",)
        path: KeyPath = ()
        for part in (*tables, last):
            held: Any = data if isinstance(data, dict | list) else {}
            try:
                data = held[part]
            except (LookupError, TypeError):
                if not (is_absent and part is last):
                    continue
            path = (*path, part)
        return cls(mistake, path)


def _words(mistake: ErrorDetails) -> str:
    words = _WORDS.get(mistake["type"])
    return mistake["msg"] if words is None else words.format_map(mistake.get("ctx", {}))


def syntax_mistake(file: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    """Say what is wrong with a file that is not valid TOML."""
    if str(error).startswith(("Cannot declare", "Cannot overwrite")) and (twice := repeated_key(text)):
        path = ".".join(map(str, twice.path))
        return f"{file} line {twice.second}: {path}: appears twice, first on line {twice.first}; rename one"
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
    if found is None:
        return f"{file}: is not valid TOML: {error}"
    return f"{file} line {found[2]}: is not valid TOML: {found[1]}"


def _known_keys(model: type[BaseModel], path: KeyPath) -> Iterator[str]:
    """Yield the keys that the table at a path may have."""
    parts = iter(path)
    for part in parts:
        kind = next(f.annotation for name, f in model.model_fields.items() if part in (name, f.alias))
        if get_origin(kind) in (dict, tuple):
            next(parts)  # the user's own name for it, or its number
        model = next(_models(kind))
    for name, field in model.model_fields.items():
        yield field.alias or name


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a type contains."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from _models(inner)
