"""The work behind `heatcli anonymise`: a recording without its people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.commands.movie_progress import MovieProgress
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.errors import InputError, UsageError
from heatcli.files import check_output_file
from heatcli.names import HidingStyle
from heatcli.picture.draw import fit, picture_size
from heatcli.picture.files import read_picture
from heatcli.picture.hiding import AHEAD_US, Hiding
from heatcli.picture.playback import Moment, recorded_frames
from heatcli.select.feed import ReadAhead
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.catalog import Catalog
from heatcli.store.erasures import read_erasures
from heatcli.store.store import Store
from heatcli.video.write import UNKNOWN_FPS, VIDEO_SUFFIX, write_video


@dataclass(frozen=True, slots=True)
class Anonymised:
    """A video without people.

    Attributes:
        frames: number of its frames.
        duration_s: its duration in seconds.
        people: number of different people who were hidden.
        unseen_pct: part of their time in the picture in which the detector did not find them, so that their
            place was interpolated, in percent; None where there was nobody. People whom it never found are
            not hidden.
    """

    frames: int
    duration_s: float
    people: int
    unseen_pct: float | None


def anonymise_clip(
    clip: Path,
    *,
    store: Store,
    output: Path,
    style: HidingStyle = HidingStyle.SCENE,
    progress: MovieProgress,
) -> Anonymised:
    """Write a recording without the people who were found in it, without sound and metadata.

    All who were found are hidden, also those who do not count. What was not watched is left out.

    Args:
        clip: file of the recording, which was analysed.
        store: heat store that has its trajectories.
        output: file to write, `.mp4`; replaced if it exists.
        style: what stands in the place of people.
        progress: receiver of progress reports.

    Raises:
        UsageError: the output cannot be written.
        InputError: the clip cannot be read or was not analysed, or there is no empty scene of it.
        StoreError: the store cannot be read.
        OutputError: the file cannot be written.
    """
    check_output_file(output, (VIDEO_SUFFIX,))
    if output.exists() and output.samefile(clip):
        raise UsageError(f"-o {output}: is the recording itself; name another file")
    camera = _camera_of(clip, store)
    (row,) = camera.clips
    hiding = Hiding(scene_of(camera, style), style)
    size = picture_size(camera.width, camera.height, camera.sample_aspect)
    rate = row.fps or UNKNOWN_FPS
    progress.begin(output.name, round(camera.covered_us / 1e6 * rate))
    recorded = recorded_frames(camera, {row.clip: clip}, configured=CameraConfig(), sample_fps=0.0)

    def pictures() -> Iterator[tuple[int, NDArray[np.uint8]]]:
        begin_us = int(camera.covered.bounds[0, 0])
        for moment in without_people(recorded, camera, hiding):
            watched_us = camera.covered.overlap_us(
                np.array([begin_us]), np.array([moment.time_us - begin_us])
            )
            yield int(watched_us[0]), fit(moment.image, *size)
            progress.advance(1)

    count = write_video(output, pictures(), end_us=camera.covered_us, fps=rate)
    return Anonymised(count, camera.covered_us / 1e6, hiding.people, hiding.unseen_pct)


def _camera_of(clip: Path, store: Store) -> SelectedCamera:
    """Return the analysed clip as the only one of its camera; who counts is of no matter.

    Raises:
        InputError: the file was not analysed, or nothing of it was watched.
    """
    found = Catalog(store).clip_id(clip)
    rows = [row for row in store.clips() if row.clip == found]
    if not rows:
        raise InputError(
            f"{clip}: is not in {store.path}; analyse it first, as what is not found is not hidden"
        )
    selection = Selection(cameras=(rows[-1].camera,), clips=(found,), all_views=True)
    (camera,) = selected_cameras(store, selection, Config())
    check_nobody_erased(camera, store)
    if not camera.covered_us:
        raise InputError(f"{clip}: nothing of it was watched, so nobody would be hidden")
    return camera


def without_people(frames: Iterable[Moment], camera: SelectedCamera, hiding: Hiding) -> Iterator[Moment]:
    """Yield recorded frames without the people of a selection, also those who do not count.

    Args:
        frames: frames of the camera, in order of time.
        camera: selection whose people are hidden.
        hiding: hides them; it is given their rows here.
    """
    ahead = ReadAhead(read_rows(camera, everybody=True), [hiding])
    for moment in frames:
        ahead.until(moment.time_us + AHEAD_US)
        yield Moment(moment.time_us, hiding.hide(moment.image, moment.time_us))


def everybody(camera: SelectedCamera, store: Store) -> SelectedCamera:
    """Select all people in the time that a selection covers, whoever it counts."""
    begin, end = (datetime.fromtimestamp(us / 1e6, UTC) for us in camera.covered.bounds[[0, -1], [0, 1]])
    clips = tuple(clip.clip for clip in camera.clips)
    selection = Selection(
        cameras=(camera.name,), clips=clips, start=begin, end=end + timedelta(seconds=1), all_views=True
    )
    (whole,) = selected_cameras(store, selection, Config())
    check_nobody_erased(whole, store)
    return whole


def check_nobody_erased(camera: SelectedCamera, store: Store) -> None:
    """Refuse clips in which people were erased at a place: they are not known any more, so not hidden.

    Raises:
        InputError: somebody may have been erased.
        StoreError: the store cannot be read.
    """
    erased = [one for one in read_erasures(store.path) if one.shapes]
    for clip in camera.clips:
        if any(one.meets(clip) for one in erased):
            raise InputError(
                f"{clip.path}: people were erased at a place in it, so that they are not known and cannot be "
                "hidden; cut that time out of the recording"
            )


def scene_of(camera: SelectedCamera, style: HidingStyle) -> NDArray[np.uint8] | None:
    """Return the empty scene of a clip; None for a style that needs none.

    Raises:
        InputError: the store has none.
    """
    if style is HidingStyle.PIXELS:
        return None
    if camera.plate is None or not camera.plate.exists():
        raise InputError(
            f"{camera.name}: the store has no picture of its empty scene to put in the place of people; "
            "choose --style pixels, or analyse the clip again"
        )
    return read_picture(camera.plate)
