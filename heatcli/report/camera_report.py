"""All numbers of one camera in a report, computed in one reading of its rows."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from heatcli.answers.flow_report import FlowReading
from heatcli.answers.hot_places import HotPlaces
from heatcli.answers.zone_report import ZoneReading, ZoneReport
from heatcli.config.calibration import calibration_of
from heatcli.config.models import Config
from heatcli.config.named_shapes import funnels_of, lines_of, queues_of, zones_of
from heatcli.config.settings import RenderSettings
from heatcli.errors import ConfigError, InputError
from heatcli.heat.heatmap import HeatMap, HeatMaps
from heatcli.names import Metric
from heatcli.optics.projection import FloorProjection
from heatcli.report.page.pieces import pieces_of
from heatcli.report.page.points import PagePeople, PagePoints
from heatcli.report.page.scratch import Scratch
from heatcli.report.page.views import PageView, times_at
from heatcli.report.periods import Period
from heatcli.select.mergeable import Aggregator
from heatcli.select.one_pass import OnePass
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import CountingLine, Polygon, Zone
from heatcli.zones.lines import LineCrossings, LineFigures
from heatcli.zones.statistics import Figures, ZoneFigures, ZoneStatistics
from heatcli.zones.week import WeekHours, WeekPresence

_log = logging.getLogger(__name__)

FRAME = Zone("whole frame", Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))))
"""The whole frame as a zone."""

WriteRows = Callable[[SelectedCamera, Iterator[Rows]], None]
"""Receives a selected camera, and all its rows that count, in order of time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CameraReport:
    """The numbers of one camera over the period.

    Attributes:
        figures: figures of the camera's configured zones and lines by bucket, and who counts in them.
        frame: statistics of the whole frame.
        frame_everybody: figures of the whole frame over the period, with the people who were left out.
        frame_kinds: figures of the whole frame over the period of each class of objects alone, by its name,
            where several count.
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
    frame_kinds: dict[str, Figures | LineFigures]
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
        kinds = {kind: (frame, *self.figures.kinds[kind]) for kind, frame in self.frame_kinds.items()}
        return replace(self.figures, zones=self.zones, everybody=everybody, kinds=kinds)

    @property
    def of_frame(self) -> ZoneReport:
        """The figures of the whole frame as those of the only zone."""
        return replace(
            self.figures,
            zones=(self.frame,),
            everybody=(self.frame_everybody,),
            lines=(),
            everybody_lines=(),
            kinds={kind: (frame,) for kind, frame in self.frame_kinds.items()},
        )


def camera_report(
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
    flow: bool = False,
    scratch: Scratch | None = None,
) -> CameraReport:
    """Compute all numbers of a camera over a period, in one reading of its rows.

    With `flow`, these are also density, speed and flow, if the camera has a floor. For a page, `page` is the
    same selection with `filter_outliers`, `views` are its saved views, and `scratch` is where the points of
    all cameras wait for the page.
    """
    configured = config.camera(camera.name)
    settings = config.map_settings(camera.name, settings, scaled=len(metrics) == 1)
    shapes: list[Zone | CountingLine] = [FRAME, *zones_of(configured.zones), *lines_of(configured.zones)]
    reading = OnePass(camera)
    zones = ZoneReading(
        reading,
        camera,
        shapes,
        period.by,
        queues=queues_of(configured),
        entered=zones_of(configured.zones),
        floor=_floor(camera, config),
        funnels=funnels_of(configured),
        grouped=bool(zones_of(configured.zones)),
    )
    walking = _walking(reading, camera, shapes[1:], config) if flow else None
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
        found = replace(points.result(), crossings=tuple(one.crossings for one in crossings.result()))
        people = found if scratch is None else found.kept_in(scratch)
    return CameraReport(
        figures=replace(
            figures,
            flow=None if walking is None else walking.report(figures.divided),
            zones=figures.zones[1:],
            everybody=figures.everybody[1:],
            kinds={kind: alone[1:] for kind, alone in figures.kinds.items()},
        ),
        frame=figures.zones[0],
        frame_everybody=figures.everybody[0],
        frame_kinds={kind: alone[0] for kind, alone in figures.kinds.items()},
        heat=heat.result(),
        settings=settings,
        week=week.result(),
        location=configured.location,
        labels=configured.labels,
        is_configured=camera.name in config.cameras,
        people=people,
        hot=() if places is None else _figures_of(camera, places.result()),
    )


def _floor(camera: SelectedCamera, config: Config) -> FloorProjection | None:
    """Return how a camera sees its floor; None without a floor, or with one that contradicts itself.

    A report is not to fail for it: without a floor it has no distances.
    """
    with suppress(ConfigError):
        calibration = calibration_of(camera.name, config)
        return None if calibration is None else calibration.of_people(camera.tracking_mode)
    return None


def _walking(
    reading: OnePass, camera: SelectedCamera, shapes: Sequence[Zone | CountingLine], config: Config
) -> FlowReading | None:
    """Return what measures density, speed and flow; None without a floor, or with one that cannot be used."""
    try:
        calibration = calibration_of(camera.name, config)
        if calibration is None:
            return None
        return FlowReading(reading, camera, shapes, calibration, config.camera(camera.name))
    except (ConfigError, InputError) as error:
        _log.warning("warning: %s: no density, speed and flow: %s", camera.name, error)
        return None


def _figures_of(camera: SelectedCamera, zones: Sequence[Zone]) -> tuple[ZoneStatistics, ...]:
    """Compute the figures of zones over the whole period, in a reading of their own."""
    if not zones:
        return ()
    reading = OnePass(camera)
    figures = reading.counted(ZoneFigures(camera, zones))
    reading.run()
    return figures.result()
