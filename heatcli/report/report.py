"""All numbers of a report on a calendar period: every file of the report is made from them."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from heatcli.answers.area_reading import read_areas
from heatcli.answers.area_report import AreaReport
from heatcli.answers.view_faults import view_sentences
from heatcli.answers.zone_report import period_of, tell_unreachable
from heatcli.config.area import cameras_of
from heatcli.config.models import Config
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.config.settings import RenderSettings
from heatcli.names import Metric
from heatcli.report.camera_report import CameraReport, WriteRows, camera_report
from heatcli.report.page.scratch import Scratch
from heatcli.report.page.views import CameraTime, PageView, page_views
from heatcli.report.periods import Period
from heatcli.select.days_told import ToldDays, days_to_tell
from heatcli.select.each import Each, unwatched
from heatcli.select.mergeable import Aggregator
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Snapshot, Store

_log = logging.getLogger(__name__)

HOT_PLACES = 5
"""Number of hottest places that the page and the workbook list."""


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
        cameras: numbers of the cameras sorted by name, also of those that recorded nothing; at least one,
            unless days are told by their sums.
        areas: how many people were in the rooms whose cameras are all in the report.
        previous_areas: the same in the period before; empty where that was not asked for.
        made_at: time at which the report was made, with its offset.
        told: days that are told by their sums, as their rows have gone, by camera; not in `cameras`.
        untold: days by camera whose rows have gone, and whose sums do not answer what was asked.
    """

    period: Period
    selection: Selection
    settings: RenderSettings
    config: Config
    store: Store
    snapshot: Snapshot
    cameras: tuple[CameraReport, ...]
    made_at: datetime
    told: ToldDays = field(default_factory=dict)
    untold: Mapping[str, Collection[date]] = field(default_factory=dict)
    areas: tuple[AreaReport, ...] = ()
    previous_areas: tuple[AreaReport, ...] = ()

    @property
    def covered_us(self) -> int:
        """Time that was watched, summed over all cameras, in µs."""
        return sum(camera.selection.covered_us for camera in self.cameras)

    @property
    def troubles(self) -> tuple[str, ...]:
        """Cameras that saw nothing, or something else than on the days before, a sentence for each."""
        return tuple(
            sentence
            for camera in self.cameras
            for sentence in view_sentences(camera.name, camera.selection.troubles, self.config)
        )

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
    whole: bool = True,
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
        whole: whether the report also tells how many people were in rooms, and of density, speed and flow;
            one to give away does not, and tells days whose rows have gone by their sums.
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
        return selected_cameras(store, asked, config, snapshot=snapshot, told=told)

    asked = within(period)
    told: ToldDays = {}
    untold: Mapping[str, Collection[date]] = {}
    if not whole:
        told, untold = days_to_tell(store, snapshot, selection, config, first=period.first, last=period.last)
    chosen = cameras(asked)
    # The page carries outliers with a mark, so that they can be switched on and off there.
    with_outliers = cameras(replace(asked, filter_outliers=True)) if people else [None] * len(chosen)
    views = _views(chosen, period, config) if people else []
    scratch = Scratch() if people else None
    for one in chosen:
        zones = config.camera(one.name).zones
        tell_unreachable(one, (*zones_of(zones), *lines_of(zones)))
    found = [
        camera_report(
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
            flow=whole,
            scratch=scratch,
        )
        for one, page in zip(each(chosen), with_outliers, strict=True)
    ]
    if compare_previous:
        before = period.previous()
        earlier = each(cameras(within(before)))
        previous = {
            one.name: camera_report(one, before, settings, metrics, config, flow=whole) for one in earlier
        }
        found = [replace(one, previous=previous[one.name]) for one in found]
    names = _rooms(chosen, selection, config) if whole else []

    def rooms(of: Period) -> tuple[AreaReport, ...]:
        return tuple(read_areas(store, within(of), names, of.by, config, snapshot=snapshot))

    return Report(
        period=period,
        selection=asked,
        settings=settings.over(config.maps, scaled=len(metrics) == 1),
        config=config,
        store=store,
        snapshot=snapshot,
        cameras=tuple(found),
        made_at=made_at,
        told=told,
        untold=untold,
        areas=rooms(period),
        previous_areas=rooms(period.previous()) if compare_previous else (),
    )


def _rooms(cameras: Sequence[SelectedCamera], selection: Selection, config: Config) -> list[str]:
    """Return the rooms whose cameras are all in the report, by name.

    A report of some clips, or of a part of the picture, has none: who came in elsewhere is not in it.
    """
    if selection.clips or selection.rois:
        return []
    here = {camera.name for camera in cameras}
    chosen = selection.cameras or selection.locations or selection.labels
    found = []
    for name, area in config.areas.items():
        missing = cameras_of(area, config.cameras) - here
        if not missing:
            found.append(name)
        elif not chosen:
            _log.warning(
                "warning: %s: is not in the report, as the store has no clips of %s",
                name,
                ", ".join(sorted(missing)),
            )
    return found


def _views(cameras: Sequence[SelectedCamera], period: Period, config: Config) -> list[PageView]:
    """Return the saved views of a page."""
    divided = [(camera, period_of(camera, period.by)[1]) for camera in cameras]
    return page_views(
        config,
        [CameraTime(one.name, one.timezone, buckets) for one, buckets in divided if buckets is not None],
    )
