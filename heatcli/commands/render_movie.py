"""The work behind `heatcli render -o heat.mp4`: heat that grows or fades over the recorded frames."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.stage import Stage
from heatcli.commands.anonymise import everybody, scene_of, without_people
from heatcli.commands.movie_progress import MovieProgress
from heatcli.commands.render import Rendered, compute
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import InputError, UsageError
from heatcli.files import check_output_file
from heatcli.heat.heatmap import HeatMap
from heatcli.heat.running import RunningMap
from heatcli.heat.scale import scale_end, scale_fraction
from heatcli.names import AccumulationMode, HidingStyle
from heatcli.picture.camera import Drawing
from heatcli.picture.colour import color_table
from heatcli.picture.draw import fit, picture_size
from heatcli.picture.hiding import Hiding
from heatcli.picture.layer import HeatLayer
from heatcli.picture.legend import legend_of, place_legend
from heatcli.picture.overlay import upsample
from heatcli.picture.people import People
from heatcli.picture.playback import Moment, recorded_frames
from heatcli.picture.regions import draw_outlines, pixels_of_interest
from heatcli.picture.timestamp import Timestamp
from heatcli.picture.title import selected_words
from heatcli.select.feed import ReadAhead
from heatcli.select.one_pass import OnePass
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.recordings import find_recordings
from heatcli.store.store import Store
from heatcli.video.write import UNKNOWN_FPS, VIDEO_SUFFIX, write_video

# Most frames per second of a time lapse: as many as every player and every screen can show.
_MOST_FPS = 30.0
# Frames that a stage may be ahead of the next: enough to even out their speeds, at a few MB each.
_AHEAD = 4
# Where heat decays, its maximum over time is looked for this many times per window, but not more often than
# every 0.1 s. A visit is hottest at once; after a tenth of the window it has lost 1 - 0.5 ** (1 / 10) = 7 %.
_LOOKS_IN_WINDOW, _SHORTEST_LOOK_US = 10, 100_000


@dataclass(frozen=True, slots=True)
class Showing:
    """What a video shows besides the heat, and at which speed.

    Attributes:
        boxes: whether the people of the selection are drawn: box, number of the track, and recent path.
        speed: seconds of the recording shown per second of the video; at least 1.
        videos: files of recordings that are no longer where they were analysed.
        anonymise: whether the empty scene stands in the place of people, also of those who do not count.
    """

    boxes: bool = False
    speed: float = 1.0
    videos: tuple[Path, ...] = ()
    anonymise: bool = False


@dataclass(frozen=True, slots=True)
class RenderedMovie:
    """A written video.

    Attributes:
        rendered: heat map at the end of the video.
        frames: number of frames in the video.
        duration_s: duration of the video in seconds.
        unseen_pct: part of people's time in the picture in which the detector did not find them, in percent;
            None where nobody was there, or nobody is hidden.
    """

    rendered: Rendered
    frames: int
    duration_s: float
    unseen_pct: float | None


def render_movie(
    *,
    store: Store,
    selection: Selection,
    settings: RenderSettings,
    output: Path,
    showing: Showing,
    progress: MovieProgress,
    config: Config | None = None,
) -> RenderedMovie:
    """Draw the heat of one camera over its recorded frames and write it as a video.

    Each frame of the video is a recorded frame with the heat of all time until the next one is shown; the
    last one has the heat of the whole selection. Time that was not watched is cut out.

    Args:
        store: heat store to read from.
        selection: selection of the time and people of one camera.
        settings: metric and look of the map. A relative scale ends at the hottest cell of the last map or,
            where heat decays, at the maximum over time from when one window of time has been watched.
        output: file to write; replaced if it exists.
        showing: content of the video besides the heat, and its speed.
        progress: receiver of progress reports.
        config: configuration (`heatcli.toml`), for who counts, what is masked and how the map looks; None for
            the defaults.

    Raises:
        UsageError: the selection is invalid, the output cannot be written, or a recording does not fit the
            clips.
        InputError: nothing was recorded in the selected time, or a recording is missing or has changed.
        StoreError: the store cannot be read.
        OutputError: the file cannot be written.
    """
    check_output_file(output, (VIDEO_SUFFIX,))
    config = config or Config()
    # Frames are shown as they were recorded, and heat where people were in them.
    cameras = selected_cameras(store, replace(selection, all_views=True), config)
    if len(cameras) != 1:
        raise UsageError(
            f"-o {output}: {len(cameras)} cameras do not fit into one video; choose one with --camera"
        )
    camera = cameras[0]
    settings = config.map_settings(camera.name, settings)
    watched = [clip for clip, own in zip(camera.clips, camera.owned_time, strict=True) if own.total_us]
    if not watched:
        raise InputError(
            f"-o {output}: {camera.name} recorded nothing in that time, so there is no video to draw on"
        )
    files = find_recordings(store, watched, showing.videos)
    rendered, end = _last_map(camera, settings, output)
    sample_fps = 0.0 if showing.speed == 1 else _MOST_FPS / showing.speed
    rates = [min(clip.fps or UNKNOWN_FPS, sample_fps or np.inf) for clip in camera.clips]
    expected = sum(own.total_us / 1e6 * rate for own, rate in zip(camera.owned_time, rates, strict=True))
    progress.begin(output.name, round(expected))
    configured = config.camera(camera.name)
    frames = recorded_frames(camera, files, configured=configured, sample_fps=sample_fps)
    hiding = None
    if showing.anonymise:
        people = everybody(camera, store)
        hiding = Hiding(scene_of(camera, HidingStyle.SCENE), HidingStyle.SCENE)
        frames = without_people(frames, people, hiding)
    draw = _Drawer(camera, rendered.heat, settings, end=end, boxes=showing.boxes)
    with (
        Stage(_some(frames, camera), ahead=_AHEAD) as decoded,
        Stage(_drawn(iter(decoded), camera, draw, showing.speed), ahead=_AHEAD) as drawn,
    ):
        count = write_video(
            output,
            _counted(drawn, progress),
            end_us=round(camera.covered_us / showing.speed),
            fps=max(rates) * showing.speed,
        )
    unseen_pct = None if hiding is None else hiding.unseen_pct
    return RenderedMovie(rendered, count, camera.covered_us / showing.speed / 1e6, unseen_pct)


class _Drawer:
    """Draws the heat of all time until a moment over the recorded frame that is shown until then."""

    def __init__(
        self, camera: SelectedCamera, heat: HeatMap, settings: RenderSettings, *, end: float, boxes: bool
    ) -> None:
        width, height = picture_size(camera.width, camera.height, camera.sample_aspect)
        self._size = width, height
        frame = camera.width, camera.height
        shown = pixels_of_interest(camera.regions, frame, width=width, height=height)
        self._regions = camera.regions
        self._layer = HeatLayer(settings, end=end, width=width, height=height, shown=shown)
        self._running = RunningMap(camera, settings)
        self._people = People(camera, width=width, height=height) if boxes else None
        shown_people = [] if self._people is None else [self._people]
        self._ahead = ReadAhead(read_rows(camera), [self._running, *shown_people])
        self._legend = self._timestamp = None
        if settings.display_legend:
            table, threshold = color_table(settings.color_map), settings.min_display_threshold
            fraction = upsample(scale_fraction(heat.value, end), width=width, height=height)
            legend = legend_of(heat, end, table=table, threshold=threshold)
            self._legend = place_legend(replace(legend, selected=selected_words([camera])), fraction)
            self._timestamp = Timestamp(camera.timezone, width=width, height=height, avoid=self._legend)

    def __call__(self, moment: Moment, until_us: int) -> NDArray[np.uint8]:
        """Return the picture of a frame that is shown until a time, UTC µs."""
        # People in the frame are drawn even if it is shown for no time at all.
        self._ahead.until(max(until_us, moment.time_us + 1))
        ground = fit(moment.image, *self._size)
        if self._regions is not None:
            ground = draw_outlines(ground, self._regions.outlines)
        picture = self._layer.over(ground, self._running.at(until_us))
        if self._people is not None:
            self._people.draw(picture, moment.time_us)
        if self._legend is not None:
            self._legend.lay(picture)
        if self._timestamp is not None:
            self._timestamp.draw(picture, moment.time_us)
        return picture


def _last_map(camera: SelectedCamera, settings: RenderSettings, output: Path) -> tuple[Rendered, float]:
    """Return the map at the end of the video and the end of its scale; nothing else of the reading stays."""
    reading = OnePass(camera)
    peak = reading.counted(_Peak(camera, settings)) if _peaks_on_the_way(settings) else None
    rendered = compute(reading, camera, Drawing(settings), output)
    return rendered, max(
        scale_end(rendered.heat.value, settings.max_value), 0.0 if peak is None else peak.result()
    )


def _peaks_on_the_way(settings: RenderSettings) -> bool:
    """Whether a relative scale may have to reach beyond the last map, as it does where heat decays."""
    return settings.max_value is None and settings.accumulation_mode is AccumulationMode.DECAYING


class _Peak:
    """The maximum of decaying heat from when one window of time has been watched (an aggregator)."""

    def __init__(self, camera: SelectedCamera, settings: RenderSettings) -> None:
        self._running = RunningMap(camera, settings)
        window_us = settings.window_seconds * 1e6
        step_us = max(round(window_us / _LOOKS_IN_WINDOW), _SHORTEST_LOOK_US)
        looks = np.concatenate([np.arange(begin, until, step_us) for begin, until in camera.covered.bounds])
        self._looks: deque[int] = deque(looks[_watched_us(camera, looks) >= window_us].tolist())
        self._end = 0.0

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        if self._looks:
            self._running.add(rows)
            self._look(until_us=int(rows.time_us[-1]))

    def result(self) -> float:
        """Return the end of a scale that reaches the maximum."""
        self._look(until_us=self._looks[-1] if self._looks else 0)
        return self._end

    def _look(self, until_us: int) -> None:
        while self._looks and self._looks[0] <= until_us:
            self._end = max(self._end, scale_end(self._running.at(self._looks.popleft()), None))


def _watched_us(camera: SelectedCamera, times_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) how much of the selection was watched before each of (n,) times, UTC µs, in µs."""
    first = camera.covered.bounds[0, 0]
    return camera.covered.overlap_us(np.full(len(times_us), first), times_us - first)


def _some(frames: Iterator[Moment], camera: SelectedCamera) -> Iterator[Moment]:
    """Pass frames on; there must be at least one.

    Raises:
        InputError: the recording has no frame in the selected time.
    """
    first = next(frames, None)
    if first is None:
        raise InputError(f"{camera.name}: the recording has no frame in that time; choose a longer one")
    yield first
    yield from frames


def _drawn(
    frames: Iterable[Moment], camera: SelectedCamera, draw: _Drawer, speed: float
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield each picture and when it is shown, in µs since the beginning of the video: (time, picture)."""
    end = Moment(int(camera.covered.bounds[-1, 1]), np.zeros((0, 0, 3), np.uint8))
    for number, (moment, following) in enumerate(pairwise(chain(frames, [end]))):
        # A selection that begins between two frames begins with the second of them.
        shown_us = int(_watched_us(camera, np.array([moment.time_us]))[0]) if number else 0
        yield round(shown_us / speed), draw(moment, following.time_us)


def _counted(
    pictures: Iterable[tuple[int, NDArray[np.uint8]]], progress: MovieProgress
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Pass pictures on, and report each to `progress`."""
    for picture in pictures:
        yield picture
        progress.advance(1)
