"""The recorded frames of a selection, in order of time."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.config.camera import CameraConfig
from heatcli.errors import InputError
from heatcli.intervals import Intervals
from heatcli.select.selected_camera import SelectedCamera
from heatcli.store.clips import ClipRow
from heatcli.video.frame import Frame
from heatcli.video.reader import VideoReader

# Time over which decoding goes on rather than begin again at a key frame.
_NEAR_US = 3_000_000

Masks = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A recorded frame.

    Attributes:
        time_us: time of the frame, UTC µs.
        image: (height, width, 3) uint8 BGR picture, black where masked.
    """

    time_us: int
    image: NDArray[np.uint8]


def recorded_frames(
    selection: SelectedCamera,
    files: Mapping[str, Path],
    *,
    configured: CameraConfig,
    sample_fps: float,
) -> Iterator[Moment]:
    """Decode the frames in the selected time, and no more of a clip than they need.

    Where clips overlap, the frame at each moment is of the clip that owns the moment. What is masked in the
    configuration now, or was masked when the clip was analysed, is black.

    Args:
        selection: selected time of one camera.
        files: file of the recording of each clip, by the clip's id.
        configured: configuration of the camera.
        sample_fps: frames per second to take; 0 takes all.

    Raises:
        VideoError: a file cannot be read.
        InputError: a recording has another frame size than its clip, whose tracks were imported.
    """
    pieces = sorted(
        (int(begin), int(end), number)
        for number, own in enumerate(selection.owned_time)
        for begin, end in own.bounds
    )
    for number, run in groupby(pieces, key=lambda piece: piece[2]):
        row = selection.clips[number]
        selected = Intervals.of([piece[:2] for piece in run])
        masks = [*configured.masks.values(), *_analysis_masks(row)]
        yield from _frames(row, files[row.clip], selected, masks, sample_fps)


def _analysis_masks(row: ClipRow) -> Masks:
    """Return the masks that a clip was analysed with."""
    masks: Masks = json.loads(row.settings).get("masks", ())
    return masks


def stills(
    selection: SelectedCamera,
    files: Mapping[str, Path],
    wanted: Iterable[tuple[int, int]],
    *,
    configured: CameraConfig,
) -> Iterator[tuple[tuple[int, int], Moment]]:
    """Decode single frames: at each time the first one from then on, if the clip has one.

    Args:
        selection: selected clips of one camera.
        files: file of the recording of each clip, by the clip's id.
        wanted: index of a clip and time (UTC µs) of each frame.
        configured: configuration of the camera.

    Yields:
        What was wanted, and its frame; by clip and time.

    Raises:
        VideoError: a file cannot be read.
        InputError: a recording has another frame size than its clip, whose tracks were imported.
    """
    for number, run in groupby(sorted(set(wanted)), key=itemgetter(0)):
        row = selection.clips[number]
        start_us = epoch_us(row.start)
        masks = [*configured.masks.values(), *_analysis_masks(row)]
        with _opened(row, files[row.clip], masks) as video:
            frames: Iterator[Frame] = iter(())
            shown: Frame | None = None
            for clip, time_us in run:
                media_us = max(time_us - start_us, 0)
                if shown is None or media_us > shown.pts_us + _NEAR_US:
                    frames = video.frames(from_us=media_us)
                    shown = next(frames, None)
                while shown is not None and shown.pts_us < media_us:
                    shown = next(frames, None)
                if shown is not None:
                    yield (clip, time_us), Moment(start_us + shown.pts_us, shown.image)


def _opened(row: ClipRow, file: Path, masks: Masks) -> VideoReader:
    """Open the recording of a clip.

    Raises:
        VideoError: the file cannot be read.
        InputError: the recording has another frame size than its clip, whose tracks were imported.
    """
    size = row.width, row.height
    video = VideoReader(file, size=size, masks=masks, raw_fps=row.fps)
    # A file that was analysed is known by its bytes, and may begin with pictures of another size.
    if row.detector == "import" and (video.info.width, video.info.height) != size:
        raise InputError(
            f"{file}: is {video.info.width}x{video.info.height}, but clip {row.clip} is "
            f"{row.width}x{row.height}; name its recording with --video"
        )
    return video


def _frames(
    row: ClipRow, file: Path, selected: Intervals, masks: Masks, sample_fps: float
) -> Iterator[Moment]:
    """Decode the frames of a clip in the selected time, UTC µs."""
    start_us = epoch_us(row.start)
    first, end = int(selected.bounds[0, 0]) - start_us, int(selected.bounds[-1, 1]) - start_us
    with _opened(row, file, masks) as video:
        for frame in video.frames(sample_fps, from_us=first):
            if frame.pts_us >= end:
                break
            if selected.contains(np.array([start_us + frame.pts_us]))[0]:
                yield Moment(start_us + frame.pts_us, frame.image)
