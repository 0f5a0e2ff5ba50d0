"""All numbers of a report on a calendar period: every file of the report is made from them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from heatcli.answers.hot_places import HotPlaces
from heatcli.answers.zone_report import ZoneReading, ZoneReport, period_of
from heatcli.config.models import Config
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMap, HeatMaps
from heatcli.names import Metric
from heatcli.report.page.pieces import pieces_of
from heatcli.report.page.points import PagePeople, PagePoints
from heatcli.report.page.views import CameraTime, PageView, page_views, times_at
from heatcli.report.periods import Period
from heatcli.select.each import Each, unwatched
from heatcli.select.one_pass import Aggregator, OnePass
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import CountingLine, Polygon, Zone
from heatcli.store.store import Snapshot, Store
from heatcli.zones.lines import LineCrossings
from heatcli.zones.statistics import Figures, ZoneFigures, ZoneStatistics
from heatcli.zones.week import WeekHours, WeekPresence

FRAME = Zone("whole frame", Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))))
"""The whole frame as a zone."""

HOT_PLACES = 5
"""Number of hottest places that the page and the workbook list."""

WriteRows = Callable[[SelectedCamera, Iterator[Rows]], None]
"""Receives a selected camera, and all its rows that count, in order of time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CameraReport:
    """The numbers of one camera over the period.

    Attributes:
        figures: figures of the camera's configured zones and lines by bucket, and who counts in them.
        frame: statistics of the whole frame.
        frame_everybody: figures of the whole frame over the period, with the people who were left out.
        heat: map of each metric that was asked for.
        settings: settings of these maps.
        week: presence of people by hour of the week.
        hot: figures of the hottest places, the hottest first; empty where they were not asked for.
        location: location of the camera; None where the configuration has none.
        labels: labels of the camera in the configuration.
        is_configured: whether the configuration has the camera.
        people: presence of the people, for a page; None where no page is made.
        previous: numbers of the same camera over the period before; None where that was not asked for.
    """

    figures: ZoneReport
    frame: ZoneStatistics
    frame_everybody: Figures
    heat: dict[Metric, HeatMap]
    settings: RenderSettings
    week: WeekHours
    location: str | None
    labels: tuple[str, ...]
    is_configured: bool
    people: PagePeople | None = None
    hot: tuple[ZoneStatistics, ...] = ()
    previous: "CameraReport | None" = None

    @property
    def selection(self) -> SelectedCamera:
        """Selected time and people of the camera."""
        return self.figures.camera

    @property
    def name(self) -> str:
        """Name of the camera."""
        return self.figures.camera.name

    @property
    def zones(self) -> tuple[ZoneStatistics, ...]:
        """Statistics of the whole frame, then of the configured zones."""
        return (self.frame, *self.figures.zones)

    @property
    def all_figures(self) -> ZoneReport:
        """The figures with the whole frame as the first zone."""
        everybody = (self.frame_everybody, *self.figures.everybody)
        return replace(self.figures, zones=self.zones, everybody=everybody)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """The numbers of all cameras over a period.

    Attributes:
        period: period of the report.
        selection: selection that was asked for, with the days of the period.
        settings: settings of the maps, where the configuration has no others for a camera.
        config: configuration (`heatcli.toml`).
        store: heat store that was read.
        snapshot: snapshot of the store, from which all numbers are computed.
        cameras: numbers of the cameras sorted by name, at least one; also cameras that recorded nothing.
        made_at: time at which the report was made, with its offset.
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
        """Time that was watched, summed over all cameras, in µs."""
        return sum(camera.selection.covered_us for camera in self.cameras)

    @property
    def made(self) -> str:
        """Time at which the report was made, by the cameras' clock if they have one time zone, to be read."""
        zones = {camera.selection.timezone for camera in self.cameras}
        time = self.made_at.astimezone(ZoneInfo(zones.pop())) if len(zones) == 1 else self.made_at
        return f"{time:%Y-%m-%d %H:%M %Z}".strip()


def make_report(
    *,
    store: Store,
    selection: Selection,
    period: Period,
    made_at: datetime,
    settings: RenderSettings | None = None,
    metrics: Collection[Metric] = (Metric.DWELL_TIME,),
    compare_previous: bool = False,
    people: bool = False,
    hot: int = 0,
    write_rows: WriteRows | None = None,
    also: Callable[[SelectedCamera], Aggregator | None] | None = None,
    config: Config | None = None,
    each: Each = unwatched,
) -> Report:
    """Compute all numbers of a report.

    Args:
        store: heat store to read from.
        selection: selection of what counts, apart from the time.
        period: period of the report.
        made_at: time at which the report says that it was made, with its offset.
        settings: look of the maps; its metric is ignored. None for the defaults.
        metrics: metrics to make maps of.
        compare_previous: whether the period before is computed too.
        people: whether each camera gets the people that a page shows.
        hot: number of hottest places to find; it takes a second reading of the rows to find them and count.
        write_rows: receiver of each camera's rows as they are read; None where no rows are written.
        also: function that makes another aggregator of the people who count at a camera; None where there is
            none.
        config: configuration (`heatcli.toml`); None for the defaults.
        each: way through the cameras, which may show how far it is.

    Raises:
        UsageError: the selection is invalid, or the store holds no clips.
        StoreError: the store cannot be read.
    """
    config, settings = config or Config(), settings or RenderSettings()
    snapshot = store.snapshot()

    def within(period: Period) -> Selection:
        return replace(selection, dates=((period.first, period.last),))

    def cameras(asked: Selection) -> list[SelectedCamera]:
        return selected_cameras(store, asked, config, snapshot=snapshot)

    asked = within(period)
    chosen = cameras(asked)
    # The page carries outliers with a mark, so that they can be switched on and off there.
    with_outliers = cameras(replace(asked, filter_outliers=True)) if people else [None] * len(chosen)
    views = _views(chosen, period, config) if people else []
    found = [
        _camera(
            one,
            period,
            settings,
            metrics,
            config,
            page=page,
            views=views,
            hot=hot,
            write_rows=write_rows,
            also=None if also is None else also(one),
        )
        for one, page in zip(each(chosen), with_outliers, strict=True)
    ]
    if compare_previous:
        before = period.previous()
        previous = {
            one.name: _camera(one, before, settings, metrics, config) for one in each(cameras(within(before)))
        }
        found = [replace(one, previous=previous[one.name]) for one in found]
    return Report(
        period=period,
        selection=asked,
        settings=settings.over(config.maps, scaled=len(metrics) == 1),
        config=config,
        store=store,
        snapshot=snapshot,
        cameras=tuple(found),
        made_at=made_at,
    )


def _views(cameras: Sequence[SelectedCamera], period: Period, config: Config) -> list[PageView]:
    """Return the saved views of a page."""
    divided = [(camera, period_of(camera, period.by)[1]) for camera in cameras]
    return page_views(
        config,
        [CameraTime(one.name, one.timezone, buckets) for one, buckets in divided if buckets is not None],
    )


def _camera(
    camera: SelectedCamera,
    period: Period,
    settings: RenderSettings,
    metrics: Collection[Metric],
    config: Config,
    page: SelectedCamera | None = None,
    views: Sequence[PageView] = (),
    hot: int = 0,
    write_rows: WriteRows | None = None,
    also: Aggregator | None = None,
) -> CameraReport:
    """Compute all numbers of a camera over a period, in one reading of its rows.

    For a page, `page` is the same selection with `filter_outliers`, and `views` are its saved views.
    """
    configured = config.camera(camera.name)
    settings = config.map_settings(camera.name, settings, scaled=len(metrics) == 1)
    shapes: list[Zone | CountingLine] = [FRAME, *zones_of(configured.zones), *lines_of(configured.zones)]
    reading = OnePass(camera)
    zones = ZoneReading(reading, camera, shapes, period.by)
    heat = reading.counted(HeatMaps(camera, settings, metrics))
    week = reading.counted(WeekPresence(camera))
    places = HotPlaces(reading, camera, hot) if hot else None
    if also is not None:
        reading.counted(also)
    points = crossings = None
    if page is not None and zones.buckets is not None:
        pieces = pieces_of(
            zones.buckets,
            selected=zones.selected,
            covered=page.covered,
            zone=ZoneInfo(page.timezone),
            views=times_at(views, page.name),
        )
        points = PagePoints(page, pieces)
        reading.among(points.trajectories, points)
        lines = [shape for shape in shapes if isinstance(shape, CountingLine)]
        crossings = reading.among(points.trajectories, LineCrossings(page, lines))
    if write_rows is None:
        reading.run()
    else:
        write_rows(camera, reading.rows())
    figures = zones.report()
    people = None
    if points is not None and crossings is not None:
        people = replace(points.result(), crossings=tuple(one.crossings for one in crossings.result()))
    return CameraReport(
        figures=replace(figures, zones=figures.zones[1:], everybody=figures.everybody[1:]),
        frame=figures.zones[0],
        frame_everybody=figures.everybody[0],
        heat=heat.result(),
        settings=settings,
        week=week.result(),
        location=configured.location,
        labels=configured.labels,
        is_configured=camera.name in config.cameras,
        people=people,
        hot=() if places is None else _figures_of(camera, places.result()),
    )


def _figures_of(camera: SelectedCamera, zones: Sequence[Zone]) -> tuple[ZoneStatistics, ...]:
    """Compute the figures of zones over the whole period, in a reading of their own."""
    if not zones:
        return ()
    reading = OnePass(camera)
    figures = reading.counted(ZoneFigures(camera, zones))
    reading.run()
    return figures.result()
