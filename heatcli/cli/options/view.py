"""How commands share the options of a selection, and how a saved view fills them in."""

import inspect
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.selection import selection_of

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


def with_selection(command: Callable[..., None], *, without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command `--view` and the options of `selection_of` in the place of its parameter `selection`.

    Args:
        command: of Typer.
        without: parameters of `selection_of` that the command has no use for.
    """
    shared = options_of(selection_of, without=without)
    return expand(command, name="selection", options=[_VIEW, *shared], make=_selection)


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


def _selection(*, view: str | None, others: dict[str, Any], **options: Any) -> "Selection":
    """Make the selection of what was said, and of the view that was named."""
    return selection_of(**(options if view is None else _within_view(view, others["config"], options)))


def _within_view(view: str, config: Path | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return options of `selection_of`; those that the user did not give are as a view has them."""
    from heatcli.config.models import load_config

    saved = load_config(config).view(view)
    # Of a flag, False means that it was not given; 0 is something that a user says.
    return {
        name: getattr(saved, name) if value is None or value is False else value
        for name, value in options.items()
    }
