"""What a question to the store may restrict: each field once, for Python, the command line and saved views.

Imports nothing heavy, for the sake of `--help`; `heatcli.select.selection` adds what the fields mean.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from heatcli.config.options import ListOption, NamesOption, Option, TextOption
from heatcli.errors import UsageError
from heatcli.names import TrackingMode


def read_day(text: str) -> date:
    """Read a day, `2026-03-14`.

    Raises:
        UsageError: it is none, or one in which nothing can have been recorded.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day; write it as 2026-03-14") from error
    if not 2000 <= day.year <= 2100:
        raise UsageError(f"{text!r}: nothing was recorded then; mend the year")
    return day


def read_days(text: str) -> tuple[date, date]:
    """Read a day, `2026-03-14`, or the first and the last of several, `2026-03-14..2026-03-20`.

    Raises:
        UsageError: it is neither.
    """
    first, several, last = text.partition("..")
    return read_day(first), read_day(last if several else first)


def _read_time(text: str) -> datetime:
    from heatcli.clock import read_time  # loads zoneinfo

    return read_time(text)


def _check_hours(text: str) -> None:
    from heatcli.config.schedule import Schedule  # loads numpy

    Schedule.parse([text])


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFields:
    """What a `heatcli.select.selection.Selection` may restrict; what is left at its default does not.

    Cameras, locations and labels are given by name, part of a name or pattern (`heatcli.select.cameras`).
    Times are local to each camera unless they carry an offset.
    """

    cameras: Annotated[
        tuple[str, ...],
        ListOption(
            "Only this camera: its name, part of it, or a pattern; may be repeated.  [default: all]",
            flag="--camera",
            metavar="NAME",
        ),
    ] = ()
    locations: Annotated[
        tuple[str, ...],
        ListOption("Only cameras at this location; may be repeated.", flag="--location", metavar="NAME"),
    ] = ()
    labels: Annotated[
        tuple[str, ...],
        ListOption("Only cameras with this label; may be repeated.", flag="--label", metavar="NAME"),
    ] = ()
    clips: Annotated[
        tuple[str, ...], ListOption("Only this clip, by its id; may be repeated.", flag="--clip")
    ] = ()
    """Other clips count as if they were not there, in overlaps too."""
    start: Annotated[
        datetime | None,
        TextOption(
            "Begin here: 2026-03-14T10:00, local time of the camera.",
            flag="--from",
            metavar="TIME",
            key="from",
            read=_read_time,
            check=_read_time,
        ),
    ] = None
    end: Annotated[
        datetime | None,
        TextOption(
            "End before this time.", flag="--to", metavar="TIME", key="to", read=_read_time, check=_read_time
        ),
    ] = None
    dates: Annotated[
        tuple[tuple[date, date], ...],
        ListOption(
            "Only this day, 2026-03-14, or these, 2026-03-14..2026-03-20; may be repeated.",
            flag="--date",
            metavar="DAYS",
            read=read_days,
        ),
    ] = ()
    """First and last day of each period, both included, local to each camera."""
    hours: Annotated[
        tuple[str, ...],
        ListOption(
            "Only these hours of the day: 09:00-18:00; may be repeated.", metavar="HOURS", check=_check_hours
        ),
    ] = ()
    """Local to each camera; hours over midnight belong to the day on which they begin."""
    weekdays: Annotated[
        str | None,
        TextOption("Only these days of the week: mon-fri, or sat,sun.", metavar="DAYS", check=_check_hours),
    ] = None
    objects_to_track: Annotated[
        tuple[str, ...],
        NamesOption("Only these kinds of object: person,car.red.  [default: all]", metavar="NAMES"),
    ] = ()
    """Each a class, or one with an attribute."""
    observed_only: Annotated[
        bool, Option("Leave out positions that were interpolated, not seen.", flag="--observed-only")
    ] = False
    tracking_mode: Annotated[
        TrackingMode | None,
        Option("Which point of a box stands for a person.  [default: by the camera's viewpoint]"),
    ] = None
    rois: Annotated[
        tuple[str, ...],
        ListOption(
            "Only who is in this region: its name, or corners X,Y,X,Y,...; may be repeated.",
            flag="--roi",
            metavar="REGION",
        ),
    ] = ()
    """Only rows whose tracking point is in one of the regions count. Corners are fractions of the frame."""
    min_size: Annotated[
        float | None,
        Option("Leave out people less high than this part of the frame, 0..1.", limits={"gt": 0, "le": 1}),
    ] = None
    """None: as configured for the camera. Likewise the next two."""
    min_dwell_s: Annotated[
        float | None,
        Option(
            "Leave out people who are present for less.",
            flag="--min-dwell",
            metavar="SECONDS",
            limits={"ge": 0, "allow_inf_nan": False},
        ),
    ] = None
    max_dwell_s: Annotated[
        float | None,
        Option(
            "Leave out people who are present for longer.",
            flag="--max-dwell",
            metavar="SECONDS",
            limits={"gt": 0, "allow_inf_nan": False},
        ),
    ] = None
    exclude: Annotated[
        tuple[str, ...],
        ListOption("Leave out the person of this track; may be repeated.", metavar="CLIP:TRACK"),
    ] = ()
    filter_outliers: Annotated[
        bool, Option("Leave out staff, mannequins and posters.", flag="--filter-outliers")
    ] = False
    """By the reasons of `heatcli.select.who_counts`."""
