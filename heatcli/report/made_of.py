"""What a report was made of: so a later night knows whether clips have come since.

Beside the folders of the reports there is a folder `.made-of` with a small file for each report.
"""

import hashlib
import json
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import epoch_us
from heatcli.config.area import cameras_of
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.files import output_file
from heatcli.names import Metric, PeriodKind, ReportFormat
from heatcli.report.periods import Period
from heatcli.select.selection import Selection
from heatcli.store.identity import run_time
from heatcli.store.kept_days import clip_mark
from heatcli.store.store import Snapshot

_FOLDER = ".made-of"
# Last characters of a run: they are drawn at random, and tell it from all others of a report.
_TELLING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is asked to show.

    Attributes:
        formats: formats of its files.
        selection: selection of what counts, apart from the time.
        settings: look of the maps, as far as the user says it.
        metrics: metrics of the maps.
        compare_previous: whether the period before is in the report too.
        share: smallest number of people of whom a report to give away tells; None for a whole report.
    """

    formats: tuple[ReportFormat, ...]
    selection: Selection
    settings: RenderSettings
    metrics: tuple[Metric, ...]
    compare_previous: bool
    share: int | None = None

    @property
    def key(self) -> str:
        """Short hash by which the same question is recognised."""
        look = self.settings.model_dump(mode="json", exclude_unset=True)
        # A field that the selection had not got then is not told where it is not used.
        selection = repr(self.selection).replace(", all_views=False", "")
        question = (sorted(self.formats), selection, look, sorted(self.metrics), self.compare_previous)
        # Whole reports keep the hash that they have always had.
        asked = repr(question if self.share is None else (*question, self.share))
        return hashlib.sha256(asked.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a report is made of, as it is noted.

    Attributes:
        runs: last characters of the runs, and of the corrections and audits of their clips.
        clips: clips, by camera and id.
        files: names of the report's files.
    """

    runs: frozenset[str] = frozenset()
    clips: frozenset[tuple[str, str]] = frozenset()
    files: frozenset[str] = frozenset()


def parts_of(
    snapshot: Snapshot, period: Period, asked: Asked, config: Config, *, files: Iterable[Path] = ()
) -> Parts:
    """Return what a report of a period is made of.

    How many people are in a room depends on who came in before, and on when it is empty again. So clips of
    its cameras belong to a report also on the day before and the day after.

    Args:
        snapshot: snapshot of the store.
        period: period of the report.
        asked: what the report is asked to show.
        config: configuration (`heatcli.toml`), which has the rooms.
        files: written files of the report.
    """
    first = period.previous().first if asked.compare_previous else period.first
    covered = pl.col("coverage").list
    begins, ends = covered.first().struct.field("from"), covered.last().struct.field("to")
    rooms = set[str]()
    if asked.share is None:
        rooms.update(*(cameras_of(area, config.cameras) for area in config.areas.values()))
    runs: set[str] = set()
    found: set[tuple[str, str]] = set()
    for (camera,), own in snapshot.clips.sort("start", "clip").group_by("camera"):
        zone, around = ZoneInfo(own["timezone"][-1]), timedelta(camera in rooms)
        shown = own.filter(
            begins < _midnight(period.last + timedelta(1) + around, zone),
            ends > _midnight(first - around, zone),
        )
        runs.update(shown["run"].str.tail(_TELLING))
        found.update(shown.select("camera", "clip").iter_rows())
    ids = {clip for _, clip in found}
    said = {one.id for one in snapshot.corrections if any(track.clip in ids for track in one.tracks)}
    said |= {one.id for one in snapshot.audits if not ids.isdisjoint(one.clips)}
    runs.update(one[-_TELLING:] for one in said)
    return Parts(frozenset(runs), frozenset(found), frozenset(file.name for file in files))


def noted_periods(output: Path, kind: PeriodKind) -> list[Period]:
    """Return the periods of the calendar of which there are reports with a note."""
    named = (Period.named(note.stem) for note in (output / _FOLDER).glob("*.json"))
    return [
        period
        for period in named
        if period is not None
        and (period.kind, period.is_of_calendar) == (kind, True)
        and (output / period.name).is_dir()
    ]


def is_stale(
    output: Path,
    period: Period,
    asked: Asked,
    snapshot: Snapshot,
    config: Config,
    *,
    summed: Container[str],
) -> bool:
    """Return whether a report lacks what is in the store, shows clips that have moved out of its time, or was
    never made.

    A report whose clips have left the store is not stale: it is all that is left of them. If they are too old
    for the store, it stays also where other clips have come since: made anew, it would have less.

    Args:
        output: folder that has the folders of the reports.
        period: period of the report.
        asked: what the report is asked to show.
        snapshot: snapshot of the store.
        config: configuration (`heatcli.toml`), which has the rooms, and says how long clips are kept.
        summed: marks of clips (`clip_mark`) whose sums the report would have, made anew.
    """
    folder = output / period.name
    if not folder.is_dir():
        return True
    now = parts_of(snapshot, period, asked, config)
    known = _read(output, period)
    is_old = _is_old(period, asked, config)
    if known:
        noted = known.get(asked.key, Parts())
        gone = {clip for _, clip in noted.clips}.difference(snapshot.clips["clip"])
        if is_old and any(clip_mark(clip) not in summed for clip in gone):
            return False
        return not now.runs <= noted.runs or not _live_runs(noted, snapshot.clips) <= now.runs
    # An older heatcli has made it, or somebody has copied it.
    written = [file.stat().st_mtime for file in folder.iterdir()]
    made = [*snapshot.clips["run"], *(one.id for one in snapshot.corrections)]
    made += [one.id for one in snapshot.audits]
    runs = [run for run in made if run[-_TELLING:] in now.runs]
    return not written or any(not is_old and run_time(run).timestamp() > min(written) for run in runs)


def _is_old(period: Period, asked: Asked, config: Config) -> bool:
    """Return whether clips of a report, or of the day before it, may be too old for the store."""
    privacy = config.said_privacy
    if privacy is None or privacy.tracks is None:
        return False
    first = period.previous().first if asked.compare_previous else period.first
    return first - timedelta(days=1) <= (datetime.now(UTC) - privacy.tracks).date()


def _live_runs(noted: Parts, clips: pl.DataFrame) -> set[str]:
    """Return the runs that the clips of a report have now, as far as they are in the store."""
    of_noted = clips.filter(pl.col("clip").is_in({clip for _, clip in noted.clips}))
    rows = of_noted.select("camera", "clip", pl.col("run").str.tail(_TELLING)).iter_rows()
    return {run for camera, clip, run in rows if (camera, clip) in noted.clips}


def outdated_files(output: Path, period: Period, asked: Asked, now: Parts) -> list[Path]:
    """Return the files that the same report had before and has no longer, such as those of a renamed camera.

    Files that another question to the same period has written as well are not among them.
    """
    known = _read(output, period)
    before = known.pop(asked.key, Parts()).files
    kept = now.files.union(*(parts.files for parts in known.values()))
    return [output / period.name / name for name in sorted(before - kept) if name == Path(name).name]


def note_made(output: Path, period: Period, asked: Asked, parts: Parts) -> None:
    """Note what a report was made of.

    Raises:
        OutputError: the note cannot be written.
    """
    file = _file(output, period)
    known = _read(output, period) | {asked.key: parts}
    with output_file(file) as beside:
        beside.parent.mkdir(exist_ok=True)
        beside.write_text(json.dumps({question: _to_json(of) for question, of in known.items()}))


def _read(output: Path, period: Period) -> dict[str, Parts]:
    """Return what a report was made of, by what it was asked to show."""
    with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
        known = json.loads(_file(output, period).read_text())
        return {question: _from_json(of) for question, of in known.items()}
    return {}


def _to_json(parts: Parts) -> dict[str, object]:
    clips: dict[str, list[str]] = {}
    for camera, clip in sorted(parts.clips):
        clips.setdefault(camera, []).append(clip)
    return {"runs": sorted(parts.runs), "clips": clips, "files": sorted(parts.files)}


def _from_json(noted: Any) -> Parts:
    if isinstance(noted, list):  # an older heatcli noted nothing but the runs
        return Parts(frozenset(noted))
    clips = ((camera, clip) for camera, own in noted["clips"].items() for clip in own)
    return Parts(frozenset(noted["runs"]), frozenset(clips), frozenset(noted["files"]))


def _file(output: Path, period: Period) -> Path:
    return output / _FOLDER / f"{period.name}.json"


def _midnight(day: date, zone: ZoneInfo) -> int:
    return epoch_us(datetime.combine(day, time(), zone))
