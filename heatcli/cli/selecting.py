"""The options of a selection: the same on every command that asks the store a question."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.names import TrackingMode

if TYPE_CHECKING:
    from heatcli.store.selection import Selection


def selection_of(
    cameras: Annotated[
        list[str] | None,
        typer.Option(
            "--camera",
            metavar="NAME",
            help="Only this camera: its name, part of it, or a pattern; may be repeated.  [default: all]",
        ),
    ] = None,
    locations: Annotated[
        list[str] | None,
        typer.Option("--location", metavar="NAME", help="Only cameras at this location; may be repeated."),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="NAME", help="Only cameras with this label; may be repeated."),
    ] = None,
    clips: Annotated[
        list[str] | None, typer.Option("--clip", help="Only this clip, by its id; may be repeated.")
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="TIME", help="Begin here: 2026-03-14T10:00, local time of the camera."
        ),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End before this time.")] = None,
    dates: Annotated[
        list[str] | None,
        typer.Option(
            "--date",
            metavar="DAYS",
            help="Only this day, 2026-03-14, or these, 2026-03-14..2026-03-20; may be repeated.",
        ),
    ] = None,
    hours: Annotated[
        list[str] | None,
        typer.Option(metavar="HOURS", help="Only these hours of the day: 09:00-18:00; may be repeated."),
    ] = None,
    weekdays: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Only these days of the week: mon-fri, or sat,sun.")
    ] = None,
    objects_to_track: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Only these kinds of object: person,car.  [default: all]"),
    ] = None,
    observed_only: Annotated[
        bool, typer.Option("--observed-only", help="Leave out positions that were interpolated, not seen.")
    ] = False,
    tracking_mode: Annotated[
        TrackingMode | None,
        typer.Option(
            help="Which point of a box stands for a person.  [default: by the camera's viewpoint]",
            show_default=False,
        ),
    ] = None,
    rois: Annotated[
        list[str] | None,
        typer.Option(
            "--roi",
            metavar="REGION",
            help="Only who is in this region: its name, or corners X,Y,X,Y,...; may be repeated.",
        ),
    ] = None,
    min_size: Annotated[
        float | None, typer.Option(help="Leave out people less high than this part of the frame, 0..1.")
    ] = None,
    min_dwell: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Leave out people who are present for less.")
    ] = None,
    max_dwell: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Leave out people who are present for longer.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="CLIP:TRACK", help="Leave out the person of this track; may be repeated."),
    ] = None,
    filter_outliers: Annotated[
        bool, typer.Option("--filter-outliers", help="Leave out staff, mannequins and posters.")
    ] = False,
) -> "Selection":
    """Make a selection of the options that the user gave."""
    from heatcli.cli.options import names_of
    from heatcli.clock import read_time
    from heatcli.store.selection import Selection, read_days

    return Selection(
        cameras=tuple(cameras or ()),
        locations=tuple(locations or ()),
        labels=tuple(labels or ()),
        clips=tuple(clips or ()),
        start=None if begin is None else read_time(begin),
        end=None if end is None else read_time(end),
        dates=tuple(read_days(text) for text in dates or ()),
        hours=tuple(hours or ()),
        weekdays=weekdays,
        objects_to_track=names_of(objects_to_track) or (),
        observed_only=observed_only,
        tracking_mode=tracking_mode,
        rois=tuple(rois or ()),
        min_size=min_size,
        min_dwell_s=min_dwell,
        max_dwell_s=max_dwell,
        exclude=tuple(exclude or ()),
        filter_outliers=filter_outliers,
    )


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
