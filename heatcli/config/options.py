"""How an option is written: declared once, beside the field that it fills.

A field of a dataclass carries its option in its annotation, as in

    min_size: Annotated[float | None, Option("Leave out people smaller than this.")] = None

The command line (`heatcli.cli.options.group`) and the views of `heatcli.toml` (`heatcli.config.view`) are
made of these. Imports nothing heavy, for the sake of `--help`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, get_args, get_type_hints

from heatcli.config.bounds import SAMPLE_FPS, Bounds, shown
from heatcli.errors import UsageError

KindT = TypeVar("KindT")

SampleFps: TypeAlias = float | Literal["auto"]
"""Frames processed per second: a number, 0 for every frame, or `auto` for as many as the scene needs."""

# Word for every kind of object; an empty text means the same.
_ALL_OBJECTS = "all"


def names_of(text: str) -> tuple[str, ...]:
    """Split a list of names at its commas."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def objects_of(text: str) -> tuple[str, ...]:
    """Read kinds of object, `person,car.red`: names of classes, each with or without an attribute.

    Returns:
        Names; empty for `all` and for an empty text, which restrict nothing.

    Raises:
        UsageError: no names, or one that ends or begins with a dot.
    """
    names = names_of(text)
    if not text.strip() or names == (_ALL_OBJECTS,):
        return ()
    if not names:
        raise UsageError(f"{shown(text)} names nothing; write it as person,car.red")
    for name in names:
        if name.startswith(".") or name.endswith("."):
            raise UsageError(
                f"{shown(name)} begins or ends with a dot; write an attribute as car.red, or leave it out"
            )
    return names


def sample_fps_of(text: str) -> SampleFps:
    """Read how many frames per second are processed.

    Raises:
        UsageError: the text is neither `auto` nor a number that is possible.
    """
    try:
        return "auto" if text == "auto" else SAMPLE_FPS.read(text, float)
    except UsageError as error:
        raise UsageError(f"{error}, or auto") from error


def check_object_class(text: str) -> None:
    """Refuse a class that nobody could ask for: its name is one word of a list, without an attribute.

    Raises:
        UsageError: the text has a comma or a dot in it.
    """
    if "," in text or "." in text:
        raise UsageError(
            f"{shown(text)} is no class of objects: it has a comma or a dot in it; write it as person"
        )


@dataclass(eq=False, repr=False)
class Option:
    """An option whose value is written as it is: a number with bounds, a choice, a flag.

    Attributes:
        help: text of `--help`.
        flag: name on the command line; None for the field's name with hyphens. For a yes or no, None also
            adds that name with `no-` before it.
        metavar: word for the value in `--help`; None for the name of its type.
        key: name in a view; None for the field's name.
        bounds: bounds of a number; None for what is none.
        said: type of what the command line takes; None for the type of the value.
    """

    said: ClassVar[Any] = None
    help: str
    _: KW_ONLY
    flag: str | None = None
    metavar: str | None = None
    key: str | None = None
    bounds: Bounds | None = None

    def value(self, said: Any) -> object:
        """Return the value that the command line or a view gives."""
        return said


@dataclass(eq=False, repr=False)
class TextOption(Option):
    """An option that is written as one text.

    Attributes:
        read: function that turns the text into the value.
        check: function that raises a `UsageError` for a text that is no value; None where any text is one.
    """

    said: ClassVar[Any] = str | None
    _: KW_ONLY
    read: Callable[[str], object] = str
    check: Callable[[str], object] | None = None

    def value(self, said: Any) -> object:
        """Return the value of the text."""
        return self.read(said)


@dataclass(eq=False, repr=False)
class ListOption(TextOption):
    """An option that may be repeated; a view lists the texts, or has one under the name of the flag."""

    said: ClassVar[Any] = list[str] | None

    def value(self, said: Any) -> object:
        """Return the values of all texts."""
        return tuple(self.read(text) for text in said)


@dataclass(eq=False, repr=False)
class NamesOption(Option):
    """An option that is written as kinds of object with commas between them; a view may also list them."""

    said: ClassVar[Any] = str | None

    def value(self, said: Any) -> object:
        """Return the names, as `objects_of` reads them.

        Raises:
            UsageError: no names, or one that ends or begins with a dot.
        """
        return objects_of(said)


@dataclass(eq=False, repr=False)
class Declared:
    """A field that carries an option.

    Attributes:
        name: name of the field.
        kind: type of its values.
        option: option that the field carries.
    """

    name: str
    kind: Any
    option: Option

    @property
    def flag(self) -> str:
        """Name of the option on the command line."""
        return self.option.flag or f"--{self.name.replace('_', '-')}"


def declared(kind: type) -> Iterator[Declared]:
    """Yield the fields of a class that carry an option, in their order."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        for option in get_args(hint)[1:]:
            if isinstance(option, Option):
                yield Declared(name, get_args(hint)[0], option)


def read_options(kind: type[KindT], said: Mapping[str, Any]) -> KindT:
    """Fill a dataclass with what was said, by names of its fields; None leaves a field at its default.

    Raises:
        UsageError: text that cannot be read, or wrong value.
    """
    values = ((one.name, one.option, said.get(one.name)) for one in declared(kind))
    return kind(**{name: option.value(text) for name, option, text in values if text is not None})
