"""What a selection may restrict: each field once, for Python, the command line and saved views.

Imports nothing heavy, for the sake of `--help`; `heatcli.select.selection` adds what the fields mean.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from heatcli.config.bounds import LONGEST_STAY, PART, SECONDS
from heatcli.config.options import ListOption, NamesOption, Option, TextOption, names_of
from heatcli.errors import UsageError
from heatcli.names import TrackingMode


def read_day(text: str) -> date:
    """Read a day, `2026-03-14`.

    Raises:
        UsageError: text that is not a day from 2000 to 2100.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day; write it as 2026-03-14") from error
    if not 2000 <= day.year <= 2100:
        raise UsageError(f"{text!r}: nothing can have been recorded then; correct the year")
    return day


def read_days(text: str) -> tuple[date, date]:
    """Read a day, `2026-03-14`, or the first and the last of several, `2026-03-14..2026-03-20`.

    Raises:
        UsageError: text that is neither.
    """
    first, several, last = text.partition("..")
    return read_day(first), read_day(last if several else first)


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 time.

    Raises:
        UsageError: the text is no ISO 8601 time.
    """
    from heatcli.clock import read_time  # loads zoneinfo

    return read_time(text)


def check_timezone(text: str) -> None:
    """Refuse what is no time zone.

    Raises:
        UsageError: no time zone has this name.
    """
    from heatcli.clock import time_zone  # loads zoneinfo

    time_zone(text)


def _check_hours(text: str) -> None:
    from heatcli.config.schedule import Schedule  # loads numpy

    Schedule.parse([text])


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFields:
    """What a `heatcli.select.selection.Selection` may restrict. A field at its default restricts nothing.

    Cameras, locations and labels are names, parts of names or patterns (`heatcli.select.cameras`).
    Times are local to each camera unless they carry an offset.
    """

    cameras: Annotated[
        tuple[str, ...],
        ListOption(
            "Only this camera: a name, part of a name, or a pattern; may be repeated.  [default: all]",
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
    """All other clips are ignored, also where they overlap with these."""
    start: Annotated[
        datetime | None,
        TextOption(
            "Only from this time on: 2026-03-14T10:00, in the camera's local time.",
            flag="--from",
            metavar="TIME",
            key="from",
            read=read_moment,
            check=read_moment,
        ),
    ] = None
    end: Annotated[
        datetime | None,
        TextOption(
            "Only before this time.",
            flag="--to",
            metavar="TIME",
            key="to",
            read=read_moment,
            check=read_moment,
        ),
    ] = None
    dates: Annotated[
        tuple[tuple[date, date], ...],
        ListOption(
            "Only this day, or these days: 2026-03-14, 2026-03-14..2026-03-20; may be repeated.",
            flag="--date",
            metavar="DAYS",
            read=read_days,
            check=read_days,
        ),
    ] = ()
    """First and last day of each period, both included, local to each camera."""
    hours: Annotated[
        tuple[str, ...],
        ListOption(
            "Only these hours of the day: 09:00-18:00, or 9-18; may be repeated.",
            metavar="HOURS",
            check=_check_hours,
        ),
    ] = ()
    """Local to each camera; hours over midnight belong to the day on which they begin."""
    weekdays: Annotated[
        str | None,
        TextOption(
            "Only these days of the week: mon-fri, or saturday,sunday.", metavar="DAYS", check=_check_hours
        ),
    ] = None
    objects_to_track: Annotated[
        tuple[str, ...],
        NamesOption(
            "Only these kinds of object, such as person,car.red; all for every kind.  [default: all]",
            metavar="NAMES",
        ),
    ] = ()
    """Names of classes, each with or without an attribute."""
    observed_only: Annotated[
        bool, Option("Leave out interpolated positions, where nobody was detected.", flag="--observed-only")
    ] = False
    tracking_mode: Annotated[
        TrackingMode | None,
        Option("Point of a box that stands for the person.  [default: from the camera's viewpoint]"),
    ] = None
    rois: Annotated[
        tuple[str, ...],
        ListOption(
            "Only people in this zone or region: its name, or corners X,Y,X,Y,... in fractions of the frame, "
            "two of a rectangle or more of a polygon; several with semicolons between them, or repeated.",
            flag="--roi",
            metavar="REGION",
        ),
    ] = ()
    """Only rows whose tracking point is in a region count. Corners are in fractions of the frame."""
    roi_labels: Annotated[
        tuple[str, ...],
        TextOption(
            "Names for the regions that --roi gives by corners, in their order: till,door.",
            metavar="NAMES",
            read=names_of,
        ),
    ] = ()
    min_size: Annotated[
        float | None,
        Option(
            "Leave out people smaller than this fraction of the frame's height, 0..1.",
            bounds=PART,
        ),
    ] = None
    """None here and in the next two fields: what the camera's configuration says."""
    min_dwell_s: Annotated[
        float | None,
        Option(
            "Leave out people who are present for less than this.",
            flag="--min-dwell",
            metavar="SECONDS",
            bounds=SECONDS,
        ),
    ] = None
    max_dwell_s: Annotated[
        float | None,
        Option(
            "Leave out people who are present for longer than this.",
            flag="--max-dwell",
            metavar="SECONDS",
            bounds=LONGEST_STAY,
        ),
    ] = None
    exclude: Annotated[
        tuple[str, ...],
        ListOption("Leave out the person of this trajectory; may be repeated.", metavar="CLIP:TRACK"),
    ] = ()
    lifeless: Annotated[
        bool, Option("Count what never lives too: mannequins, posters, signs.", flag="--lifeless")
    ] = False
    """Whether trajectories count that are more likely no person, by `alive` of the store."""
    filter_outliers: Annotated[
        bool,
        Option(
            "Leave out staff, and who keeps still or stays far longer than others.", flag="--filter-outliers"
        ),
    ] = False
    """Reasons and limits are those of `heatcli.select.who_counts`."""
    all_views: Annotated[
        bool, Option("Count what was recorded before and after the camera was turned together, as recorded.")
    ] = False
    """Else only clips of the view that has most of the selected time count, and small shifts are undone."""
