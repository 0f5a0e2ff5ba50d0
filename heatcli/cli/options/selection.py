"""The options of a selection: the same on every command that asks the store a question."""

from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.names import TrackingMode

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


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
        typer.Option(metavar="NAMES", help="Only these kinds of object: person,car.red.  [default: all]"),
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
    from heatcli.cli.options.common import names_of
    from heatcli.clock import read_time
    from heatcli.select.selection import Selection, read_days

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
