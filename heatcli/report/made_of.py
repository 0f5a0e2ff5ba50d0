"""What a report was made of: so a later night knows whether clips have come since.

Beside the folders of the reports there is a folder `.made-of` with a small file for each report.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import epoch_us
from heatcli.config.settings import RenderSettings
from heatcli.files import output_file
from heatcli.names import Metric, ReportFormat
from heatcli.report.periods import Period
from heatcli.select.selection import Selection
from heatcli.store.identity import run_time

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
    """

    formats: tuple[ReportFormat, ...]
    selection: Selection
    settings: RenderSettings
    metrics: tuple[Metric, ...]
    compare_previous: bool

    @property
    def key(self) -> str:
        """Short hash by which the same question is recognised."""
        look = self.settings.model_dump(mode="json", exclude_unset=True)
        question = (sorted(self.formats), self.selection, look, sorted(self.metrics), self.compare_previous)
        return hashlib.sha256(repr(question).encode()).hexdigest()[:16]


def runs_of(clips: pl.DataFrame, period: Period, asked: Asked) -> frozenset[str]:
    """Return the runs that a report of a period is made of.

    Args:
        clips: rows of the table `clips`.
        period: period of the report.
        asked: what the report is asked to show.
    """
    first = period.previous().first if asked.compare_previous else period.first
    covered = pl.col("coverage").list
    begins, ends = covered.first().struct.field("from"), covered.last().struct.field("to")
    runs: set[str] = set()
    for _, own in clips.sort("start", "clip").group_by("camera"):
        zone = ZoneInfo(own["timezone"][-1])
        found = own.filter(
            begins < _midnight(period.last + timedelta(1), zone), ends > _midnight(first, zone)
        )
        runs.update(found["run"])
    return frozenset(runs)


def is_stale(output: Path, period: Period, asked: Asked, runs: frozenset[str]) -> bool:
    """Return whether a report lacks analyses, or was never made.

    A report whose clips have left the store is not stale: it is all that is left of them.
    """
    folder = output / period.name
    if not folder.is_dir():
        return True
    known = _read(output, period)
    if known:
        return not {run[-_TELLING:] for run in runs} <= known.get(asked.key, frozenset())
    # An older heatcli has made it, or somebody has copied it.
    written = [file.stat().st_mtime for file in folder.iterdir()]
    return not written or any(run_time(run).timestamp() > min(written) for run in runs)


def note_made(output: Path, period: Period, asked: Asked, runs: frozenset[str]) -> None:
    """Note what a report was made of.

    Raises:
        OutputError: the note cannot be written.
    """
    file = _file(output, period)
    known = _read(output, period) | {asked.key: frozenset(run[-_TELLING:] for run in runs)}
    with output_file(file) as beside:
        beside.parent.mkdir(exist_ok=True)
        beside.write_text(json.dumps({question: sorted(of) for question, of in known.items()}))


def _read(output: Path, period: Period) -> dict[str, frozenset[str]]:
    """Return the ends of the runs that a report was made of, by what it was asked to show."""
    with suppress(OSError, ValueError, AttributeError):
        known = json.loads(_file(output, period).read_text())
        return {question: frozenset(runs) for question, runs in known.items()}
    return {}


def _file(output: Path, period: Period) -> Path:
    return output / _FOLDER / f"{period.name}.json"


def _midnight(day: date, zone: ZoneInfo) -> int:
    return epoch_us(datetime.combine(day, time(), zone))
