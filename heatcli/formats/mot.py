"""Trajectories in MOT format."""

import warnings
from pathlib import Path

import numpy as np

from heatcli.errors import TracksError
from heatcli.track.observations import Observations

# Largest coordinate in pixels, far beyond any frame, that float32 tells from its neighbours.
_FARTHEST = 1e6


def read_mot(file: Path) -> Observations:
    """Read a MOT file. Ids are kept; coordinates are taken as they are; frames count from 0 in the result.

    Confidence is kept where it is within 0..1 and NaN elsewhere (MOT writes -1 for "not known").

    Raises:
        TracksError: the file cannot be read, is not in MOT format, or has several boxes for one frame and id.
    """
    if file.exists() and not file.is_file():
        raise TracksError(f"{file}: is no regular file; name one in MOT format")
    try:
        with warnings.catch_warnings():
            # The warning is about a file without rows, which is an error below.
            warnings.filterwarnings("ignore", "loadtxt: input contained no data")
            # Editors of Windows write a byte order mark.
            table = np.loadtxt(file, delimiter=",", usecols=range(7), ndmin=2, encoding="utf-8-sig")
    except OSError as error:
        raise TracksError(f"{file}: cannot be read ({error.strerror or error}); check the path") from error
    except ValueError as error:
        raise TracksError(
            f"{file}: is not in MOT format ({error}); a line is frame,id,left,top,width,height,confidence"
        ) from error
    if len(table) == 0:
        raise TracksError(f"{file}: holds no rows; a row is one box of one frame")
    _check(file, table)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    _, repeats = np.unique(table[:, :2], axis=0, return_counts=True)
    if (repeats > 1).any():
        raise TracksError(f"{file}: has two boxes for one id in one frame; ids must be unique within a frame")
    left, top, width, height, confidence = table[:, 2:7].T
    known = (confidence >= 0) & (confidence <= 1)
    track = table[:, 1].astype(np.int32)
    return Observations(
        frame=table[:, 0].astype(np.int32) - 1,
        track=track,
        tracklet=track,
        boxes=np.column_stack([left, top, left + width, top + height]).astype(np.float32),
        confidence=np.where(known, confidence, np.nan).astype(np.float32),
        class_id=np.zeros(len(table), np.int32),
        filled=np.zeros(len(table), np.bool_),
    )


def _check(file: Path, table: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    """Refuse rows that cannot be part of a trajectory, and name the first of them."""
    int32 = np.iinfo(np.int32)
    frame, track = table[:, 0], table[:, 1]
    no_frame = (frame < 1) | (frame != np.floor(frame)) | (frame > int32.max)
    rules = {
        "a number that is not finite": ~np.isfinite(table[:, :6]).all(axis=1),
        "a frame that is no whole number from 1": no_frame,
        "an id that is no whole number of 32 bits": (track != np.floor(track)) | (np.abs(track) > int32.max),
        "a coordinate beyond any frame": (np.abs(table[:, 2:6]) > _FARTHEST).any(axis=1),
        "a box without area": (table[:, 4] <= 0) | (table[:, 5] <= 0),
    }
    for what, wrong in rules.items():
        if wrong.any():
            raise TracksError(f"{file}: row {int(np.argmax(wrong)) + 1} has {what}; mend or remove it")
