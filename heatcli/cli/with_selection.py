"""How commands share the options of a selection, and how a saved view fills them in."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from heatcli.cli.selecting import selection_of


def with_selection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--view` and all options of `selection_of`, in the place of its parameter `selection`.

    Typer reads options from a function's signature and cannot share them; so the command gets one in which
    they stand.
    """
    shared = inspect.signature(selection_of).parameters

    @functools.wraps(command)
    def run(**said: Any) -> None:
        options = {name: said.pop(name) for name in shared}
        view = said.pop("view")
        selection = selection_of(**(options if view is None else _within_view(view, said["config"], options)))
        command(selection=selection, **said)

    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        parameters += [_VIEW, *shared.values()] if name == "selection" else [parameter]
    keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]  # functions may have one
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in keywords}
    return run


_VIEW = inspect.Parameter(
    "view",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The saved selection of that name; options given besides win over it."
        ),
    ],
)


def _within_view(view: str, config: Path | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return options of `selection_of`; those that the user did not give are as a view has them."""
    from heatcli.config import load_config

    saved = load_config(config).view(view)
    # Of a flag, False means that it was not given; 0 is something that a user says.
    return {
        name: getattr(saved, name) if value is None or value is False else value
        for name, value in options.items()
    }
