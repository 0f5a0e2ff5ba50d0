"""Saved views of `heatcli.toml`, as far as a page can apply them to the data that it carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from heatcli.config.models import Config
from heatcli.config.options import read_options
from heatcli.config.view import ViewConfig
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.select.cameras import matching_cameras
from heatcli.select.selection import Selection
from heatcli.zones.buckets import Buckets

# What a page can apply: cameras, time and whether outliers count. Everything else in a view needs rows or
# people that the page does not carry.
_APPLICABLE = {
    *("cameras", "locations", "labels", "start", "end", "dates", "hours", "weekdays", "filter_outliers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A saved view.

    Attributes:
        name: name of the view.
        times: time that the view selects at each camera that it shows, UTC µs, by the camera's name; None
            where it does not restrict the time.
        filter_outliers: whether the view leaves out outliers.
        reason: reason why a page cannot apply the view; None where it can.
    """

    name: str
    times: Mapping[str, Intervals | None] = field(default_factory=dict)
    filter_outliers: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CameraTime:
    """The time of one camera on a page.

    Attributes:
        name: name of the camera.
        timezone: IANA name.
        buckets: buckets that the camera's period is divided into.
    """

    name: str
    timezone: str
    buckets: Buckets


def page_views(config: Config, cameras: Sequence[CameraTime]) -> list[PageView]:
    """Return all saved views, in the order of the configuration.

    Args:
        config: configuration (`heatcli.toml`) with the views.
        cameras: cameras on the page.
    """
    return [_page_view(name, view, config, cameras) for name, view in config.views.items()]


def _page_view(name: str, view: ViewConfig, config: Config, cameras: Sequence[CameraTime]) -> PageView:
    """Find out what a view selects on the page, or why a page cannot apply it."""
    fields = ViewConfig.model_fields
    other = [fields[name].alias or name for name in view.said if name not in _APPLICABLE]
    if other:
        return PageView(name=name, reason=f"a page cannot apply {', '.join(other)}")
    try:
        selection = read_options(Selection, view.said)
        shown = matching_cameras(
            [camera.name for camera in cameras],
            config,
            names=selection.cameras,
            locations=selection.locations,
            labels=selection.labels,
        )
        when = replace(selection, cameras=(), locations=(), labels=(), filter_outliers=False)
        times = {camera.name: _time(camera, when) for camera in cameras if camera.name in shown}
    except UsageError as error:
        return PageView(name=name, reason=str(error))
    return PageView(name=name, times=times, filter_outliers=selection.filter_outliers)


def times_at(views: Sequence[PageView], camera: str) -> dict[str, Intervals]:
    """Return the time of each view that restricts it at a camera, by the view's name."""
    return {view.name: time for view in views if (time := view.times.get(camera)) is not None}


def _time(camera: CameraTime, selection: Selection) -> Intervals | None:
    """Return the part of a camera's period that a selection leaves; None where it does not restrict it."""
    if selection == Selection():
        return None
    bounds = camera.buckets.bounds_us
    if not len(bounds):
        return Intervals.of([])
    return selection.limits(camera.timezone).within(int(bounds[0, 0]), int(bounds[-1, 1]))
