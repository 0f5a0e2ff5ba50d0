"""How commands share groups of options.

Typer reads options from a function's signature and cannot share them
(https://github.com/fastapi/typer/issues/153); so a command that takes what a group of options makes, such as
a selection, gets a signature with these options in its place.
"""

import functools
import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, get_args

import typer

from heatcli.cli.options.types import OBJECTS, Bounded, number, text, whole
from heatcli.config.options import Declared, NamesOption, TextOption, declared


def expand(
    command: Callable[..., None],
    *,
    name: str,
    options: Sequence[inspect.Parameter],
    make: Callable[..., object],
) -> Callable[..., None]:
    """Put options in the place of a command's parameter.

    Args:
        command: function of a Typer command.
        name: name of the parameter.
        options: parameters in the manner of Typer.
        make: function that makes the argument. It gets the values of the options by name, and the other
            arguments of the command as `others`.
    """

    @functools.wraps(command)
    def run(**said: Any) -> None:
        own = {option.name: said.pop(option.name) for option in options}
        command(**{name: make(**own, others=said)}, **said)

    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        parameters += options if parameter.name == name else [parameter]
    keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]  # functions may have one
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in keywords}
    return run


def options_of(make: Callable[..., object]) -> list[inspect.Parameter]:
    """Return the parameters of a function, in the manner of Typer."""
    return list(inspect.signature(make).parameters.values())


def declared_options(kind: type, *, without: Collection[str] = ()) -> list[inspect.Parameter]:
    """Return the options that the fields of a class carry, in the manner of Typer, but for some."""
    return [option for option in _all_options(kind) if option.name not in without]


@functools.cache
def _all_options(kind: type) -> list[inspect.Parameter]:
    return [_parameter(one) for one in declared(kind)]


def _parameter(one: Declared) -> inspect.Parameter:
    option = one.option
    flags = () if option.flag is None else (option.flag,)
    said = one.kind if option.said is None else option.said
    as_typer = typer.Option(*flags, metavar=option.metavar, help=option.help, parser=_type_of(one))
    return inspect.Parameter(
        one.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if said is bool else None,
        annotation=Annotated[said, as_typer],
    )


def _type_of(option: Declared) -> Bounded | None:
    """Return the type of a declared option; None for a choice, and for a yes or no.

    Raises:
        TypeError: the option is a number without bounds, or a text that is none of the options for texts.
    """
    if isinstance(option.option, TextOption):
        return text(option.option.check)
    if isinstance(option.option, NamesOption):
        return OBJECTS
    kinds = get_args(option.kind) or (option.kind,)
    if (float in kinds or int in kinds) and option.option.bounds is not None:
        return (number if float in kinds else whole)(option.option.bounds)
    if float in kinds or int in kinds or str in kinds:
        raise TypeError(f"{option.flag} takes anything; give it bounds")
    return None
