"""The evidence behind the numbers of zones and lines: which seconds of which file show the people counted."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.answers.zone_report import ZoneReport
from heatcli.clock import epoch_us, local_time
from heatcli.files import output_file
from heatcli.zones.lines import LineStatistics

_FIELDS = (
    *("camera", "zone", "event", "direction", "period", "clip", "track"),
    *("media_from", "media_to", "media_from_us", "media_to_us", "from", "to", "path"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one trajectory shows: a stay in a zone, the moment in which it crosses a line, a wait and so on.

    Attributes:
        camera: name of the camera.
        zone: name of the zone or line.
        event: `stay` or `crossing`; of a queue `wait_served`, `wait_abandoned`, `wait_unknown` or `service`;
            of a funnel `step_1` and so on; of exposure `stop` or `came_by`; of entries `entry` or `re_entry`;
            of groups `group_1` and so on, the same for all who belong together; of flow `stay` or
            `first_crossing`.
        direction: `left_to_right` or `right_to_left`; None in a zone.
        period: label of the bucket in which the stay or crossing begins; None where there are no buckets.
        clip: id of the clip.
        path: path of the clip's file when it was analysed.
        track: number of the trajectory within the clip.
        media_from_us: beginning of the stay, or time of the crossing, in µs since the file's first frame.
        media_to_us: end of the stay, or time of the crossing, in µs since the file's first frame.
        begin: beginning of the stay, or time of the crossing, on the camera's clock.
        end: end of the stay, or time of the crossing, on the camera's clock.
    """

    camera: str
    zone: str
    event: str
    direction: str | None
    period: str | None
    clip: str
    path: str
    track: int
    media_from_us: int
    media_to_us: int
    begin: datetime
    end: datetime


def evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the stays behind the numbers of each zone, in order of time, then the crossings of each line.

    A stay that continues in another trajectory of the same person, in the next file, has a line for each.

    Args:
        report: zone report of one camera, made with evidence.
    """
    if len(report.stays) != len(report.zones):
        raise ValueError("the report was made without evidence")
    for found, stays in zip(report.zones, report.stays, strict=True):
        pieces = Pieces(found.zone.name, "stay", stays.person, stays.begin_us, stays.end_us, stays.begin_us)
        yield from look_up(report, pieces)
    known = report.camera.known
    for line in report.lines:
        row = _crossing_rows(known, line)
        time, to_right = line.crossings.time_us, line.crossings.to_right
        yield from look_up(report, Pieces(line.line.name, "crossing", row, time, time, time), to_right)


def _crossing_rows(known: pl.DataFrame, line: LineStatistics) -> NDArray[np.int64]:
    """(n,) row in `known` of each crossing's trajectory: the person's own that is seen at that time."""
    crossings = pl.DataFrame({"person": line.crossings.person, "time": line.crossings.time_us})
    return (
        crossings.with_row_index("crossing")
        .join(known.with_row_index("row"), on="person")
        .filter(pl.col("time").is_between("first_us", "last_us"))
        .group_by("crossing")
        .agg(pl.col("row").min().cast(pl.Int64))
        .sort("crossing")["row"]
        .to_numpy()
    )


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of trajectories that show something at one place.

    Attributes:
        name: name of the zone or line.
        event: what they show, as in `Evidence`.
        row: (n,) index of each piece's trajectory in `SelectedCamera.known`.
        begin_us: (n,) beginning of each piece, UTC µs.
        end_us: (n,) end of each piece, UTC µs.
        when_us: (n,) time by which what they show belongs to a bucket, UTC µs.
    """

    name: str
    event: str
    row: NDArray[np.int64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    when_us: NDArray[np.int64]


def look_up(
    report: ZoneReport, pieces: Pieces, to_right: NDArray[np.bool_] | None = None
) -> Iterator[Evidence]:
    """Yield the evidence for pieces of trajectories.

    Args:
        report: zone report of the camera.
        pieces: pieces of its trajectories.
        to_right: (n,) whether a line was crossed from left to right; None for a zone.
    """
    camera, zone, divided = report.camera, ZoneInfo(report.camera.timezone), report.divided
    row = pieces.row
    clips, tracks = (camera.known[column].to_numpy()[row] for column in ("clip", "track"))
    periods: list[str | None] = [None] * len(row)
    if divided is not None and len(row):
        piece = np.searchsorted(divided.bounds_us[1:, 0], pieces.when_us, side="right")
        periods = [divided.buckets[at].label for at in divided.bucket[piece].tolist()]
    ways: list[str | None] = [None] * len(row)
    if to_right is not None:
        ways = ["left_to_right" if right else "right_to_left" for right in to_right.tolist()]
    columns = (values.tolist() for values in (clips, tracks, pieces.begin_us, pieces.end_us))
    for way, period, place, track, begin, end in zip(ways, periods, *columns, strict=True):
        clip = camera.clips[place]
        start = epoch_us(clip.start)
        yield Evidence(
            camera=camera.name,
            zone=pieces.name,
            event=pieces.event,
            direction=way,
            period=period,
            clip=clip.clip,
            path=clip.path,
            track=track,
            media_from_us=begin - start,
            media_to_us=end - start,
            begin=local_time(begin, zone),
            end=local_time(end, zone),
        )


Find = Callable[[ZoneReport], Iterator[Evidence]]
"""Finds the evidence of one camera, such as `evidence_of`."""


def evidence_summary(report: ZoneReport, find: Find = evidence_of) -> list[dict[str, object]]:
    """List the evidence of one camera as objects for `--json`."""
    return [
        {
            "camera": one.camera,
            "zone": one.zone,
            "event": one.event,
            "direction": one.direction,
            "period": one.period,
            "clip": one.clip,
            "track": one.track,
            "media_from": media_text(one.media_from_us),
            "media_to": media_text(one.media_to_us),
            "media_from_us": one.media_from_us,
            "media_to_us": one.media_to_us,
            "from": one.begin.isoformat(),
            "to": one.end.isoformat(),
            "path": one.path,
        }
        for one in find(report)
    ]


def evidence_lines(reports: Sequence[ZoneReport], find: Find = evidence_of) -> list[tuple[str, ...]]:
    """Return the cells of the table, its header first; all of them are text."""
    lines: list[tuple[str, ...]] = [
        ("CAMERA", "ZONE", "EVENT", "PERIOD", "CLIP:TRACK", "IN FILE FROM", "TO", "CLOCK", "FILE")
    ]
    for report in reports:
        for one in find(report):
            event = one.event if one.direction is None else one.direction
            media = (media_text(time) for time in (one.media_from_us, one.media_to_us))
            clock = f"{one.begin:%Y-%m-%d %H:%M:%S}"
            track = f"{one.clip}:{one.track}"
            lines.append((one.camera, one.zone, event, one.period or "total", track, *media, clock, one.path))
    return lines


def write_evidence_csv(path: Path, reports: Sequence[ZoneReport], find: Find = evidence_of) -> None:
    """Write one line per stay and crossing, or what else is shown, with the columns of `--json`.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, _FIELDS, lineterminator="\n")
        lines.writeheader()
        for report in reports:
            lines.writerows(evidence_summary(report, find))


def media_text(time_us: int) -> str:
    """Write a time within a file as video players show it: h:mm:ss.mmm."""
    seconds, us = divmod(time_us, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}.{us // 1000:03}"
