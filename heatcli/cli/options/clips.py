"""The options of `heatcli clips` that say which clips are meant, and whether to ask."""

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import typer

from heatcli.cli.options.group import declared_options, expand
from heatcli.config.options import read_options
from heatcli.config.selection_fields import SelectionFields

if TYPE_CHECKING:
    from heatcli.select.selection import Selection

_OF_CLIPS = ("cameras", "locations", "labels", "clips", "start", "end", "dates")
_OF_PLACES = ("cameras", "locations", "labels", "start", "end", "dates", "rois")


def with_clips(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose clips, in the place of its parameter `selection`."""
    return _with(command, _OF_CLIPS)


def with_places(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose times and places, in the place of its parameter `selection`."""
    return _with(command, _OF_PLACES)


def _with(command: Callable[..., None], meaningful: Collection[str]) -> Callable[..., None]:
    useless = {field.name for field in fields(SelectionFields)}.difference(meaningful)
    return expand(
        command,
        name="selection",
        options=declared_options(SelectionFields, without=useless),
        make=_selection,
    )


def _selection(*, others: dict[str, Any], **options: Any) -> "Selection":
    from heatcli.select.selection import Selection

    return read_options(Selection, {name: value or None for name, value in options.items()})


def check_alone(*, check: bool, others: bool) -> None:
    """Refuse a check or repair together with what else `heatcli clips` does.

    Args:
        check: whether a check is asked for; a repair is otherwise.
        others: whether clips are chosen, or something is to be changed.

    Raises:
        UsageError: they do not go together.
    """
    from heatcli.errors import UsageError

    if not check:
        raise UsageError("--repair drops what --check finds; say --check --repair")
    if others:
        raise UsageError("--check looks at the whole store; leave out the other options")


def check_one_change(changes: Sequence[bool], *, chosen: bool) -> None:
    """Refuse several changes of clips at once, and one of clips that nobody has chosen.

    Raises:
        UsageError: there are several changes, or it is not said which clips are meant.
    """
    from heatcli.errors import UsageError

    if sum(changes) > 1:
        raise UsageError(
            "one change at a time: --set-start, --shift or --restart, --rename-camera, --remove, or --forget"
        )
    if any(changes) and not chosen:
        raise UsageError("say which clips are meant: --camera NAME, --clip ID, --from TIME and the like")


def ask(what: str, *, yes: bool) -> None:
    """Ask before something is changed, unless the answer was given beforehand.

    Raises:
        UsageError: there is no terminal to ask on.
    """
    from heatcli.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"this would {what}; add --yes to do it, or --dry-run to see it")
    typer.confirm(f"{what[0].upper()}{what[1:]}?", abort=True, err=True)
