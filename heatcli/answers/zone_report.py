"""The work behind `heatcli zone`: a selection and zones in, their statistics out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.config.models import CameraConfig, Config
from heatcli.errors import UsageError
from heatcli.select.who_counts import select
from heatcli.heat.heatmap import heat_map
from heatcli.intervals import Intervals
from heatcli.names import By, Metric
from heatcli.errors import unknown
from heatcli.config.schedule import Schedule
from heatcli.config.settings import RenderSettings
from heatcli.select.reader import CameraSelection
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from heatcli.zones.buckets import Bucket, Buckets, buckets_of
from heatcli.zones.hot import hot_zones
from heatcli.zones.lines import CountingLine, LineFigures, LineStatistics, line_statistics, lines_of
from heatcli.shapes import Polygon, Shape, Zone, circle_of, polygon_of, zones_of
from heatcli.zones.statistics import Figures, ZoneStatistics, zone_statistics
from heatcli.zones.tally import sum_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Which zones are asked for. Nothing at all asks for all zones and lines configured for a camera.

    Attributes:
        names: of configured zones, lines and regions; a camera that has none of them is asked for the others
            only.
        circles: each `X,Y,R`; they are called `circle-1`, `circle-2`, ….
        polygons: each `X,Y,X,Y,...`; they are called `polygon-1`, `polygon-2`, ….
        top: how many of the hottest places of the map to find; they are called `hot-1`, `hot-2`, ….
    """

    names: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    polygons: tuple[str, ...] = ()
    top: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneReport:
    """What there is to say of the zones of one camera.

    Attributes:
        camera: the selection of the camera: who counts, who was left out and why.
        selected: the time that was selected, watched or not, UTC µs; where the selection has no end of its
            own, up to what was watched last, and likewise at its beginning.
        divided: the selected period in buckets; None where none were asked for.
        bucket_selected_us: (len(buckets),) int64 how much of each was selected, in µs.
        zones: the statistics of each zone; its buckets are in the order of `buckets`.
        everybody: the same totals as in `zones`, with the people who were left out.
        lines: the statistics of each line, likewise.
        everybody_lines: the same totals as in `lines`, with the people who were left out.
    """

    camera: CameraSelection
    selected: Intervals
    divided: Buckets | None
    bucket_selected_us: NDArray[np.int64]
    zones: tuple[ZoneStatistics, ...]
    everybody: tuple[Figures, ...]
    lines: tuple[LineStatistics, ...]
    everybody_lines: tuple[LineFigures, ...]

    @property
    def selected_us(self) -> int:
        """How much time was selected, in µs."""
        return self.selected.total_us

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Buckets of the selected period; empty where none were asked for."""
        return () if self.divided is None else self.divided.buckets


def report_zones(
    *,
    store: Store,
    selection: Selection,
    places: Places,
    by: By | None = None,
    config: Config | None = None,
) -> list[ZoneReport]:
    """Compute the statistics of zones for each selected camera.

    Args:
        store: to read from.
        selection: what counts.
        places: which zones.
        by: buckets that the period is divided into; None for none.
        config: `heatcli.toml`: the named zones and who counts; None for none.

    Returns:
        One for each camera, by name.

    Raises:
        UsageError: the store holds no clips, the selection cannot be, no camera has a zone of that name (the
            nearest are given), no zone is configured and none given, or two have one name.
        StoreError: the store cannot be read.
    """
    config = config or Config()
    drawn = _drawn(places)
    cameras = select(store, selection, config)
    settings = {camera.camera: config.cameras.get(camera.camera, CameraConfig()) for camera in cameras}
    named = _named(places, settings)
    reports = []
    for camera in cameras:
        zones = (*named[camera.camera], *drawn, *_hottest(camera, places.top))
        twice = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
        if twice:
            raise UsageError(f"two zones are called {twice[0]!r}; ask for each once")
        reports.append(report_camera(camera, selection, settings[camera.camera], zones, by))
    return reports


def _drawn(places: Places) -> tuple[Zone, ...]:
    """Return the zones that are given by their coordinates."""
    drawn: list[Zone] = []
    kinds: tuple[tuple[str, tuple[str, ...], Callable[[str], Shape]], ...] = (
        ("circle", places.circles, circle_of),
        ("polygon", places.polygons, polygon_of),
    )
    for kind, texts, read in kinds:
        drawn += [Zone(f"{kind}-{place}", read(text)) for place, text in enumerate(texts, start=1)]
    return tuple(drawn)


def _named(
    places: Places, settings: Mapping[str, CameraConfig]
) -> dict[str, tuple[Zone | CountingLine, ...]]:
    """Return the configured zones and lines of each camera that are asked for: all if none is asked for.

    Raises:
        UsageError: no camera has a zone of that name, or has any where all are asked for.
    """
    own: dict[str, tuple[Zone | CountingLine, ...]] = {
        camera: (*zones_of(configured.zones), *lines_of(configured.zones))
        for camera, configured in settings.items()
    }
    where = f"camera {next(iter(settings))!r}" if len(settings) == 1 else "the selected cameras"
    if places == Places():
        if settings and not any(own.values()):
            raise UsageError(
                f"no zones are configured for {where}: give --circle X,Y,R, --polygon X,Y,X,Y,..., --top N, "
                "or name some in heatcli.toml under [cameras.NAME.zones]"
            )
        return own
    areas = {
        camera: {
            **{zone.name: zone for zone in own[camera]},
            **{name: Zone(name, Polygon(corners)) for name, corners in configured.regions.items()},
        }
        for camera, configured in settings.items()
    }
    known = {name for zones in areas.values() for name in zones}
    for name in places.names:
        if name not in known:
            raise unknown(name, known, kind="zone", where=where)
    return {
        camera: tuple(zones[name] for name in places.names if name in zones)
        for camera, zones in areas.items()
    }


def _hottest(camera: CameraSelection, top: int) -> tuple[Zone, ...]:
    """Find the hottest places in the map of `dwell_time`, smoothed as `render` does by default."""
    if not top:
        return ()
    settings = RenderSettings(metric=Metric.DWELL_TIME)
    heat = heat_map(
        camera.batches(),
        settings=settings,
        tracking_mode=camera.tracking_mode,
        camera=camera.camera,
        width=camera.width,
        height=camera.height,
        own=camera.own,
    )
    return hot_zones(heat.value, top=top, least=settings.min_display_threshold)


def report_camera(
    camera: CameraSelection,
    selection: Selection,
    configured: CameraConfig,
    places: Sequence[Zone | CountingLine],
    by: By | None,
) -> ZoneReport:
    """Compute the statistics of zones and lines of one camera."""
    zones = [place for place in places if isinstance(place, Zone)]
    lines = [place for place in places if isinstance(place, CountingLine)]
    opening = Schedule.parse(configured.schedule) if configured.schedule else None
    limits = selection.limits(camera.timezone, opening)
    period, covered = limits.period.bounds.ravel().tolist(), camera.covered
    watched = covered.bounds.ravel().tolist()
    begin_us = period[0] if selection.start or selection.dates else None
    end_us = period[-1] if selection.end or selection.dates else None
    first = min(watched, default=None) if begin_us is None else begin_us
    last = max(watched, default=None) if end_us is None else end_us
    selected = limits.within(first, last) if first is not None and last is not None else Intervals.of([])

    buckets = None
    if by is not None:
        zone = ZoneInfo(camera.timezone)
        buckets = buckets_of(by, covered=covered, zone=zone, begin_us=begin_us, end_us=end_us)

    def statistics(people: CameraSelection, buckets: Buckets | None) -> tuple[ZoneStatistics, ...]:
        found = zone_statistics(
            people.batches(),
            zones=zones,
            own=people.own,
            tracking_mode=people.tracking_mode,
            sample_aspect=people.sample_aspect,
            buckets=buckets,
        )
        return tuple(found)

    def crossings(people: CameraSelection, buckets: Buckets | None) -> tuple[LineStatistics, ...]:
        found = line_statistics(
            people.batches() if lines else (),
            lines=lines,
            covered=covered,
            tracking_mode=people.tracking_mode,
            sample_aspect=people.sample_aspect,
            buckets=buckets,
        )
        return tuple(found)

    counted, crossed = statistics(camera, buckets), crossings(camera, buckets)
    everybody, all_crossed = counted, crossed
    if len(camera.excluded):
        people = camera.everybody()
        everybody, all_crossed = statistics(people, None), crossings(people, None)
    return ZoneReport(
        camera=camera,
        selected=selected,
        divided=buckets,
        bucket_selected_us=_in_buckets(selected, buckets),
        zones=counted,
        everybody=tuple(one.total for one in everybody),
        lines=crossed,
        everybody_lines=tuple(one.total for one in all_crossed),
    )


def _in_buckets(time: Intervals, buckets: Buckets | None) -> NDArray[np.int64]:
    """Measure how much time is in each bucket, in µs."""
    if buckets is None:
        return np.zeros(0, np.int64)
    begin, end = buckets.bounds_us.T
    return sum_by(buckets.bucket, time.overlap_us(begin, end - begin), len(buckets.buckets))
