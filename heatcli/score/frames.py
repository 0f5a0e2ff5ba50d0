"""Which frames of a clip were looked at, and what time each stands for, also where nobody was found.

The store has rows only of frames in which somebody was found. The others must not be forgotten here: whoever
the ground truth has in them was missed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.select.rows import Rows
from heatcli.store.clips import ClipRow
from heatcli.track.processed_frames import ProcessedFrames


def processed_frames(clip: ClipRow, rows: Rows) -> ProcessedFrames:
    """Find out which frames were processed, from what the store says of a clip.

    The number of frames in which nobody was found is `frames_processed` minus the number of frames with rows;
    they stand for the covered time that no row stands for. They are taken to be evenly spaced in that time,
    and their numbers between those of the frames around them. That is exact for a clip of constant frame rate
    of which every frame, or every k-th, was processed, also where more were looked at around people.
    Otherwise single frames may be a frame or two off, which does not matter: nobody was found in the frames
    beside them either.

    Args:
        clip: row of the clip in the catalog.
        rows: all rows of the clip.

    Returns:
        All processed frames in order. Their `pts_us` count from the clip's first frame; their `dt_us` add up
        to the covered time.
    """
    index, first = np.unique(rows.frame, return_index=True)
    start_us = epoch_us(clip.start)
    begin_us, dt_us = rows.time_us[first] - start_us, rows.weight_us[first]
    covered = clip.coverage.shift(-start_us)
    unseen = covered.difference(Intervals.of(np.column_stack([begin_us, begin_us + dt_us])))
    missing = clip.frames_processed - len(index)
    if missing <= 0 or not unseen.total_us:
        return ProcessedFrames(index, begin_us, dt_us.astype(np.int32))

    # Number of frames without rows that come before each frame with rows, and how much of their time does.
    frames = clip.frames_decoded + clip.frames_failed
    every = clip.frames_processed == frames
    unseen_us = _passed(unseen, begin_us)
    order = np.arange(len(index))
    skipped = index - order if every else np.rint(unseen_us / unseen.total_us * missing).astype(np.int64)
    edges_us = _interpolated(np.arange(missing + 1), [*skipped, missing], [*unseen_us, unseen.total_us])

    moments_us = _along(unseen, edges_us[:-1])
    if every:
        other_index = np.setdiff1d(np.arange(frames), index)
    else:
        # Frames are numbered along the covered time. The first one that decodes is always processed. How many
        # follow the last one with rows is told by the container's frame rate.
        watched_us = _passed(covered, begin_us)
        last, last_us = (int(index[-1]), int(watched_us[-1])) if len(index) else (0, 0)
        left_us = covered.total_us - last_us
        end = frames if clip.fps is None else last + round(left_us * clip.fps / 1e6)
        other_index = _interpolated(
            _passed(covered, moments_us), [*watched_us, covered.total_us], [*index, end]
        )
    other_index = np.minimum(other_index, frames - 1).astype(np.int32)

    # Where the frame rate varies, an interpolated number may be that of a frame with rows: it is dropped.
    all_index, kept = np.unique(np.append(index, other_index), return_index=True)
    return ProcessedFrames(
        all_index,
        np.append(begin_us, moments_us)[kept],
        np.append(dt_us, np.diff(edges_us))[kept].astype(np.int32),
    )


def _interpolated(wanted: NDArray[np.int64], x: Sequence[int], y: Sequence[int]) -> NDArray[np.int64]:
    """Interpolate linearly between points, the first of which is (0, 0), and round."""
    return np.rint(np.interp(wanted, [0, *x], [0, *y])).astype(np.int64)


def _passed(time: Intervals, until_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) time in µs of a set of intervals before each of (n,) moments."""
    return time.overlap_us(np.zeros(len(until_us), np.int64), until_us)


def _along(time: Intervals, since_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) moments at which (n,) `since_us` of a set of intervals have passed, each less than its length."""
    length = time.bounds[:, 1] - time.bounds[:, 0]
    passed = np.cumsum(length) - length
    at = np.searchsorted(passed, since_us, side="right") - 1
    moments: NDArray[np.int64] = time.bounds[at, 0] + since_us - passed[at]
    return moments
