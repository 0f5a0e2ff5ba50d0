"""The options of a selection: the same on every command that asks the store; a saved view fills them in."""

import inspect
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.group import declared_options, expand
from heatcli.cli.options.types import text
from heatcli.config.options import read_options
from heatcli.config.selection_fields import SelectionFields

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


def with_selection(command: Callable[..., None], *, without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command `--view` and the options of a selection in the place of its parameter `selection`.

    Args:
        command: function of a Typer command.
        without: names of a selection's fields that do nothing for the command.
    """
    shared = declared_options(SelectionFields, without=without)
    return expand(command, name="selection", options=[_VIEW, *shared], make=_selection)


_VIEW = inspect.Parameter(
    "view",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=text(),
            help="Use the saved view of this name; other options win over it.",
        ),
    ],
)


def _selection(*, view: str | None, others: dict[str, Any], **options: Any) -> "Selection":
    """Make the selection of what was said, and of the view that was named."""
    from heatcli.config.models import load_config
    from heatcli.select.selection import Selection

    saved = {} if view is None else load_config(others["config"]).view(view).said
    # False means that a flag was not given; 0 is a value that a user gave.
    said = {
        name: saved.get(name) if value is None or value is False else value for name, value in options.items()
    }
    return read_options(Selection, said)
