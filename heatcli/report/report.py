"""All that a report of a calendar period says, as numbers: what every file of it is made of."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from heatcli.answers.zone_report import ZoneReport, report_camera
from heatcli.config.models import CameraConfig, Config
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMap, heat_maps
from heatcli.names import Metric
from heatcli.report.periods import Period
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import CountingLine, Polygon, Zone
from heatcli.store.store import Snapshot, Store
from heatcli.zones.statistics import Figures, ZoneStatistics
from heatcli.zones.week import WeekHours, week_hours

FRAME = Zone("whole frame", Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))))
"""All that a camera sees, as a zone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CameraReport:
    """What there is to say of one camera over the period.

    Attributes:
        places: its configured zones and lines, and who counts in them; its buckets are those of the period.
        frame: the same figures of all that the camera sees.
        frame_everybody: their total with the people who were left out.
        heat: a map of each metric asked for.
        week: when in the week it is busy.
        location: where it stands; None where the configuration does not say.
        labels: of the configuration.
        is_configured: whether the configuration knows it.
        previous: the same camera over the period before; None where that was not asked for.
    """

    places: ZoneReport
    frame: ZoneStatistics
    frame_everybody: Figures
    heat: dict[Metric, HeatMap]
    week: WeekHours
    location: str | None
    labels: tuple[str, ...]
    is_configured: bool
    previous: "CameraReport | None" = None

    @property
    def selection(self) -> SelectedCamera:
        """What of the camera counts."""
        return self.places.camera

    @property
    def name(self) -> str:
        """Of the camera."""
        return self.places.camera.name

    @property
    def zones(self) -> tuple[ZoneStatistics, ...]:
        """The whole frame, then the configured zones."""
        return (self.frame, *self.places.zones)

    @property
    def all_places(self) -> ZoneReport:
        """The same as `places`, with the whole frame as the first of the zones."""
        everybody = (self.frame_everybody, *self.places.everybody)
        return replace(self.places, zones=self.zones, everybody=everybody)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """What there is to say of a period.

    Attributes:
        period: which.
        selection: what was asked for, the days of the period included.
        settings: of the maps.
        config: `heatcli.toml`.
        store: that was read.
        snapshot: of the store, that all numbers are of.
        cameras: by name, at least one, also those that recorded nothing in that time.
        made_at: when, with its offset.
    """

    period: Period
    selection: Selection
    settings: RenderSettings
    config: Config
    store: Store
    snapshot: Snapshot
    cameras: tuple[CameraReport, ...]
    made_at: datetime

    @property
    def covered_us(self) -> int:
        """How much was watched, of all cameras together, in µs."""
        return sum(camera.selection.covered_us for camera in self.cameras)


def make_report(
    *,
    store: Store,
    selection: Selection,
    period: Period,
    made_at: datetime,
    settings: RenderSettings | None = None,
    metrics: Collection[Metric] = (Metric.DWELL_TIME,),
    compare_previous: bool = False,
    config: Config | None = None,
) -> Report:
    """Compute all numbers of a report.

    Args:
        store: to read from.
        selection: what counts, but for the time.
        period: the time.
        made_at: what the report says of when it was made, with its offset.
        settings: of the maps; None for the defaults. Its metric is not heeded.
        metrics: that maps are made of.
        compare_previous: whether the period before is computed too.
        config: `heatcli.toml`; None for none.

    Raises:
        UsageError: the selection cannot be, or the store holds no clips.
        StoreError: the store cannot be read.
    """
    config, settings = config or Config(), settings or RenderSettings()
    snapshot = store.snapshot()

    def within(period: Period) -> Selection:
        return replace(selection, dates=((period.first, period.last),))

    def cameras(period: Period) -> list[CameraReport]:
        asked = within(period)
        found = selected_cameras(store, asked, config, snapshot=snapshot)
        return [_camera(one, asked, period, settings, metrics, config) for one in found]

    found = cameras(period)
    if compare_previous:
        before = {one.name: one for one in cameras(period.previous())}
        found = [replace(one, previous=before[one.name]) for one in found]
    return Report(
        period=period,
        selection=within(period),
        settings=settings,
        config=config,
        store=store,
        snapshot=snapshot,
        cameras=tuple(found),
        made_at=made_at,
    )


def _camera(
    camera: SelectedCamera,
    asked: Selection,
    period: Period,
    settings: RenderSettings,
    metrics: Collection[Metric],
    config: Config,
) -> CameraReport:
    """Compute all numbers of a camera over a period."""
    configured = config.cameras.get(camera.name, CameraConfig())
    zones: list[Zone | CountingLine] = [FRAME, *zones_of(configured.zones), *lines_of(configured.zones)]
    figures = report_camera(camera, asked, configured, zones, period.by)
    return CameraReport(
        places=replace(figures, zones=figures.zones[1:], everybody=figures.everybody[1:]),
        frame=figures.zones[0],
        frame_everybody=figures.everybody[0],
        heat=heat_maps(
            read_rows(camera),
            metrics=metrics,
            settings=settings,
            tracking_mode=camera.tracking_mode,
            camera=camera.name,
            width=camera.width,
            height=camera.height,
            own=camera.owned_time,
        ),
        week=week_hours(
            read_rows(camera), own=camera.owned_time, covered=camera.covered, zone=ZoneInfo(camera.timezone)
        ),
        location=configured.location,
        labels=configured.labels,
        is_configured=camera.name in config.cameras,
    )
