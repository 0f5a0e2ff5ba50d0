"""Which places and times a camera has in a report to give away."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from heatcli.config.models import Config
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.intervals import Intervals
from heatcli.names import By, Metric
from heatcli.report.camera_report import FRAME, CameraReport
from heatcli.report.periods import Period
from heatcli.shapes import Line, Shape
from heatcli.store.kept_days import KeptDay, day_bounds_us
from heatcli.zones.buckets import buckets_of

WHOLE = "whole period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places and times of one camera.

    Attributes:
        by: unit of the parts of the period.
        times: `WHOLE`, then the names of the parts.
        zones: name and shape of each zone.
        lines: name of each line, and where it is.
        cells: rows and columns of the map.
        aspect: width of the picture divided by its height, as it is shown.
    """

    by: By
    times: tuple[str, ...]
    zones: tuple[tuple[str, Shape], ...]
    lines: tuple[tuple[str, Line], ...]
    cells: tuple[int, int]
    aspect: float

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the whole frame and of the zones."""
        return (FRAME.name, *(name for name, _ in self.zones))


def layout_of(
    name: str, camera: CameraReport | None, days: tuple[KeptDay, ...], period: Period, config: Config
) -> Layout:
    """Return the places and times of a camera.

    Args:
        name: name of the camera.
        camera: numbers of the camera from rows; None where the store has no clips of it.
        days: days that are told by their sums, at least one where there are no rows.
        period: period of the report.
        config: configuration.
    """
    if camera is not None:
        figures, selection = camera.figures, camera.selection
        zones = tuple((one.zone.name, one.zone.shape) for one in figures.zones)
        lines = tuple((one.line.name, one.line.line) for one in figures.lines)
        times = tuple(bucket.label for bucket in figures.buckets)
    else:
        zone = ZoneInfo(days[-1].timezone)
        begin, end = day_bounds_us(period.first, zone)[0], day_bounds_us(period.last, zone)[1]
        nothing = Intervals.of([])
        divided = buckets_of(period.by, covered=nothing, zone=zone, begin_us=begin, end_us=end)
        zones = tuple((one.name, one.shape) for one in zones_of(config.camera(name).zones))
        lines = tuple((one.name, one.line) for one in lines_of(config.camera(name).zones))
        times = tuple(bucket.label for bucket in divided.buckets)
    if camera is not None and (camera.selection.covered_us or not days):
        rows, columns = camera.heat[Metric.DWELL_TIME].raw.shape
        aspect = selection.width * selection.sample_aspect / selection.height
    else:
        newest = days[-1]
        rows, columns = len(newest.cells_us), len(newest.cells_us[0])
        aspect = newest.width * newest.sample_aspect / newest.height
    return Layout(
        by=period.by, times=(WHOLE, *times), zones=zones, lines=lines, cells=(rows, columns), aspect=aspect
    )
