"""The evidence behind queues, funnels, exposure, entries, groups and flow: what to look at in which file."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.answers.evidence import Evidence, Pieces, look_up
from heatcli.answers.exposure_table import exposures_of
from heatcli.answers.funnel_table import funnels_of
from heatcli.answers.zone_report import ZoneReport
from heatcli.zones.moments import MOMENT_US
from heatcli.zones.waits import Outcome

_EVENTS = {outcome: f"wait_{outcome.name.lower()}" for outcome in Outcome}


def queue_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the waits of each queue in order of time, by how they ended, then the services.

    What goes on in another trajectory of the same person, in the next file, has a line for each. All of it
    belongs to the bucket in which the wait begins.
    """
    for found in report.queues:
        waits, name = found.waits, found.queue.zone.name
        for outcome, event in _EVENTS.items():
            which = waits.outcome == outcome
            spans = waits.person[which], waits.begin_us[which], waits.end_us[which]
            yield from look_up(report, pieces_of(report, name, event, *spans, spans[1]))
        served = waits.outcome == Outcome.SERVED
        spans = waits.person[served], waits.end_us[served], waits.service_end_us[served]
        yield from look_up(report, pieces_of(report, name, "service", *spans, waits.begin_us[served]))


def funnel_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the stay of each person in each step of a funnel, step by step; `event` is `step_1` and so on.

    All of it belongs to the bucket in which the person began the funnel.
    """
    for found in funnels_of(report):
        for number, (name, step) in enumerate(zip(found.funnel.steps, found.steps, strict=True), start=1):
            order = np.lexsort((step.person, step.begin_us))
            spans = step.person[order], step.begin_us[order], step.end_us[order]
            pieces = pieces_of(report, name, f"step_{number}", *spans, step.began_us[order])
            yield from look_up(report, pieces)


def exposure_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the stays behind the exposure of each zone: those who stop, and those who come by.

    `event` is `stop` for stays in the zone that are long enough, and `came_by` for the shorter ones, then for
    those in the passing zone.
    """
    for found in exposures_of(report):
        stays, passing = found.stays, found.passing
        around = np.ones(len(passing), np.bool_)
        for event, of, which in (
            ("stop", stays, found.stops),
            ("came_by", stays, ~found.stops),
            ("came_by", passing, around),
        ):
            spans = of.person[which], of.begin_us[which], of.end_us[which]
            yield from look_up(report, pieces_of(report, found.zone.name, event, *spans, spans[1]))


def entry_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the stay after each entry of each zone: people who enter, then those who enter again."""
    for found in report.entries:
        stays, name = found.stays, found.zone.name
        again = np.ones(len(stays), np.bool_)
        again[np.unique(stays.person, return_index=True)[1]] = False
        for event, which in (("entry", ~again), ("re_entry", again)):
            spans = stays.person[which], stays.begin_us[which], stays.end_us[which]
            yield from look_up(report, pieces_of(report, name, event, *spans, spans[1]))


def group_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the groups of two or more that were seen in each zone, in order of time, each with its people.

    `event` is `group_1` and so on, numbered for the camera: a group has the same number in every
    zone. Each person of the group, in the zone or not, is shown from the first to the last time near another
    one of it. All of it belongs to the bucket in which the group is first seen in the zone.
    """
    if report.groups is None:
        raise ValueError("the report was made without groups")
    group, begin, end = report.groups.group, report.groups.begin_us, report.groups.end_us
    in_company = end > 0
    numbers = {one: place for place, one in enumerate(np.unique(group[in_company]).tolist(), start=1)}
    for found in report.zones:
        came: dict[int, int] = {}
        for person, begins in zip(found.stays.person.tolist(), found.stays.begin_us.tolist(), strict=True):
            if in_company[person]:
                came.setdefault(int(group[person]), begins)
        for one, when in came.items():
            who = np.flatnonzero(group == one)
            spans = who, begin[who], end[who], np.full(len(who), when)
            yield from look_up(report, pieces_of(report, found.zone.name, f"group_{numbers[one]}", *spans))


def flow_evidence_of(report: ZoneReport) -> Iterator[Evidence]:
    """Yield the stays behind density and speed in each zone, then who crossed each line when.

    `event` is `stay`, or `first_crossing` for the moment in which a person first crosses a line, either way,
    which is what flow counts. A camera without a floor has none.
    """
    if report.flow is None:
        return
    for found in report.zones:
        stays = found.stays
        spans = stays.person, stays.begin_us, stays.end_us
        yield from look_up(report, pieces_of(report, found.zone.name, "stay", *spans, spans[1]))
    for line in report.flow.lines:
        time = line.crossed.moment * MOMENT_US
        # A person who crosses is there, at the latest a moment later.
        spans = line.crossed.person, time, time + MOMENT_US
        yield from look_up(report, pieces_of(report, line.name, "first_crossing", *spans, time))


def pieces_of(
    report: ZoneReport,
    name: str,
    event: str,
    person: NDArray[np.int64],
    begin_us: NDArray[np.int64],
    end_us: NDArray[np.int64],
    when_us: NDArray[np.int64],
) -> Pieces:
    """Find the trajectories that show persons in spans of time, and which part of each.

    Args:
        report: zone report of the camera.
        name: name of the zone.
        event: what the spans are, as in `Evidence`.
        person: (n,) number of the person of each span.
        begin_us: (n,) beginning of each span, UTC µs.
        end_us: (n,) end of each span, UTC µs.
        when_us: (n,) time by which each span belongs to a bucket, UTC µs.
    """
    spans = pl.DataFrame({"person": person, "begin": begin_us, "end": end_us, "when": when_us})
    known = report.camera.known.select(
        "person", "first_us", "last_us", row=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    found = (
        spans.with_row_index("span")
        .join(known, on="person")
        .filter(pl.col("first_us") < pl.col("end"), pl.col("last_us") >= pl.col("begin"))
        .with_columns(begin=pl.max_horizontal("begin", "first_us"))
        .sort("span", "begin", "row")
        # A part ends where the next trajectory goes on.
        .with_columns(
            end=pl.min_horizontal("end", pl.col("begin").shift(-1).over("span").fill_null(pl.col("end")))
        )
    )
    row, begin, end, when = (found[column].to_numpy() for column in ("row", "begin", "end", "when"))
    return Pieces(name, event, row, begin, end, when)
