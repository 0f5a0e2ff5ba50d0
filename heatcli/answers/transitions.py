"""How people move from zone to zone, as a table, as CSV and as part of the object for `--json`."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import polars as pl

from heatcli.answers.zone_report import ZoneReport
from heatcli.charts.sankey import Band
from heatcli.files import output_file
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.stays import Stays
from heatcli.zones.transitions import transitions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One line of `heatcli zone --transitions`.

    Attributes:
        kind: `transition`, from one zone to the next; `entry`, to a person's first zone; `exit`, from a
            person's last zone; `stayed`, in a zone by people who were in no other.
        origin: name of the zone that people left; None for an entry.
        target: name of the zone that people entered; None for an exit.
        count: number of times that people went this way.
        persons: number of people who went this way, each counted once in each of their visits.
        share_pct: 100 * persons / number of people who were in the zone that was left, or, for an entry, in
            the zone that was entered; None if nobody was.
        median_between_s: median time in seconds from the end of a stay in the first zone to the beginning of
            the next stay in the second; None unless the kind is `transition`.
    """

    kind: str
    origin: str | None
    target: str | None
    count: int
    persons: int
    share_pct: float | None
    median_between_s: float | None


_FIELDS = ("kind", "from", "to", "count", "persons", "share_pct", "median_between_s")


def ways(report: ZoneReport) -> Iterator[Way]:
    """Yield the transitions, the most frequent first, then entries, exits and stays of each zone.

    Nothing is yielded where nothing was watched: whether people went anywhere is not known then.
    """
    if not report.camera.covered_us:
        return
    names = [found.zone.name for found in report.zones]
    found = transitions_of([by_visit(report.camera, one.stays) for one in report.zones])
    for one in found.transitions:
        yield Way(
            kind="transition",
            origin=names[one.origin],
            target=names[one.target],
            count=one.count,
            persons=one.persons,
            share_pct=100 * one.persons / found.passages[one.origin].visitors,
            median_between_s=one.median_between_s,
        )
    for kind in ("entry", "exit", "stayed"):
        for name, passage in zip(names, found.passages, strict=True):
            count = {"entry": passage.entries, "exit": passage.exits, "stayed": passage.stayed}[kind]
            yield Way(
                kind=kind,
                origin=None if kind == "entry" else name,
                target=None if kind == "exit" else name,
                count=count,
                persons=count,
                share_pct=100 * count / passage.visitors if passage.visitors else None,
                median_between_s=None,
            )


def by_visit(camera: SelectedCamera, stays: Stays) -> Stays:
    """Return stays with the visit in the place of the person: who was away went from no zone to another.

    Args:
        camera: selection of the camera.
        stays: stays of people who count.
    """
    began = camera.trajectories.select("person", "visit", begin_us="first_us").sort("begin_us")
    at = pl.DataFrame({"person": stays.person, "begin_us": stays.begin_us})
    # The latest trajectory of the person that had begun.
    visit = at.join_asof(began, on="begin_us", by="person", check_sortedness=False)["visit"]
    return replace(stays, person=visit.to_numpy())


def bands_of(report: ZoneReport) -> list[Band]:
    """Return the bands of a camera's flow diagram."""
    return [Band(way.origin, way.target, way.count) for way in ways(report) if way.kind != "stayed"]


def transitions_summary(report: ZoneReport) -> list[dict[str, object]]:
    """List the ways of a camera's people as objects for `--json`."""
    return [dict(zip(_FIELDS, astuple(way), strict=True)) for way in ways(report)]


def transition_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table, its header first: four of text, the others numbers."""
    lines: list[tuple[str, ...]] = [("CAMERA", "WAY", "FROM", "TO", "TIMES", "PEOPLE", "SHARE %", "MEDIAN s")]
    for report in reports:
        for way in ways(report):
            numbers = (
                "-" if value is None else f"{value:.1f}" for value in (way.share_pct, way.median_between_s)
            )
            ends = (way.origin or "-", way.target or "-")
            lines.append((report.camera.name, way.kind, *ends, str(way.count), str(way.persons), *numbers))
    return lines


def write_transitions_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera and way, with the columns of `--json`; None is written as an empty cell.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["camera", *_FIELDS])
        for report in reports:
            lines.writerows([report.camera.name, *astuple(way)] for way in ways(report))
