"""The steps of funnels as a table, as CSV and as an object for `--json`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from heatcli.answers.bucket_table import (
    BucketRow,
    bucket_lines,
    bucket_summaries,
    divisions,
    rows_of,
    write_bucket_csv,
)
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL
from heatcli.charts.funnel_charts import ChartedStep, FunnelCharts
from heatcli.shapes import Funnel
from heatcli.zones.funnel import Step, StepFigures, step_figures, steps_of

FIELDS = tuple(field.name for field in fields(StepFigures))

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "persons": ("PEOPLE", 0),
    "of_first_pct": ("OF FIRST %", 1),
    "of_previous_pct": ("OF STEP BEFORE %", 1),
    "drop_out_pct": ("DROPPED OUT %", 1),
    "median_between_s": ("BETWEEN s", 1),
    "p90_between_s": ("BETWEEN 90 %", 1),
    "median_stay_s": ("STAY s", 1),
}


@dataclass(frozen=True, slots=True, eq=False)
class FoundFunnel:
    """A funnel of one camera.

    Attributes:
        funnel: funnel that the figures are of.
        steps: who took each step.
        total: figures of each step over the whole period.
        buckets: figures of each step in each bucket, bucket by bucket.
    """

    funnel: Funnel
    steps: tuple[Step, ...]
    total: tuple[StepFigures, ...]
    buckets: list[tuple[StepFigures, ...]]


def funnels_of(report: ZoneReport) -> Iterator[FoundFunnel]:
    """Yield the funnels that were asked for at a camera."""
    zones = {found.zone.name: found for found in report.zones}
    for funnel in report.funnels:
        found = [zones[name] for name in funnel.steps]
        least_s = [one.zone.min_stay_s or 0.0 for one in found]
        steps = steps_of([one.stays for one in found], least_s, funnel.within_s)
        total, buckets = (step_figures(steps, *division) for division in divisions(report))
        yield FoundFunnel(funnel, steps, total[0], buckets)


def funnel_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each step of each funnel: buckets, then the total."""
    for report in reports:
        for found in funnels_of(report):
            for step, name in enumerate(found.funnel.steps):
                names = found.funnel.name, f"{step + 1} {name}"
                yield from rows_of(report, names, found.total[step], [one[step] for one in found.buckets])


def funnel_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of funnels, its header first: five of text, the others numbers."""
    return bucket_lines(("CAMERA", "FUNNEL", "STEP"), funnel_rows(reports), _COLUMNS)


def write_funnel_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, funnel, step and bucket, and for the whole period, as `write_bucket_csv`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bucket_csv(path, ("camera", "funnel", "step"), funnel_rows(reports), FIELDS)


def funnel_summaries(report: ZoneReport) -> list[dict[str, object]]:
    """Return each funnel as an object for `--json`: its steps over the period and in each bucket."""
    return [
        {
            "name": found.funnel.name,
            "steps": found.funnel.steps,
            "within_s": found.funnel.within_s,
            TOTAL: _steps(found.funnel, found.total),
            "buckets": bucket_summaries(
                report, [{"steps": _steps(found.funnel, one)} for one in found.buckets]
            ),
        }
        for found in funnels_of(report)
    ]


def _steps(funnel: Funnel, figures: Sequence[StepFigures]) -> list[dict[str, object]]:
    return [{"zone": name, **asdict(one)} for name, one in zip(funnel.steps, figures, strict=True)]


def funnel_charts_of(report: ZoneReport, said: str) -> FunnelCharts:
    """Return what the charts of a camera's funnels show; `said` is further text, such as what was covered."""
    charted = []
    for found in funnels_of(report):
        steps = [
            ChartedStep(name, figures.persons, figures.of_first_pct, figures.median_between_s)
            for name, figures in zip(found.funnel.steps, found.total, strict=True)
        ]
        charted.append((found.funnel.name, tuple(steps)))
    return FunnelCharts(report.camera.name, said, tuple(charted))
