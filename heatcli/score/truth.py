"""Ground truth as rows like those of the store, so that the same code counts, times and maps both."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.clock import epoch_us
from heatcli.errors import TracksError
from heatcli.formats.mot import read_mot
from heatcli.geometry import iou_matrix
from heatcli.select.rows import Rows
from heatcli.store.clips import ClipRow
from heatcli.track.processed_frames import ProcessedFrames

# Least overlap, intersection over union, of a found box with a true one that it can be meant for: as in the
# scores at one overlap, IDF1 and MOTA.
_LEAST_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Truth:
    """Ground truth of the frames that were processed; each row stands for what its frame does.

    Attributes:
        rows: boxes to be found, at least one.
        ignored: boxes that may be found or not: people hardly to be seen, reflections, other kinds of object.
        note: what the user should know of it; None if there is nothing.
    """

    rows: Rows
    ignored: Rows
    note: str | None

    def judged(self, found: Rows) -> Rows:
        """Leave out the found rows that are meant for ignored boxes, as the MOT Challenge does.

        Boxes are matched one to one for the largest sum of overlaps, with those to be found and the ignored.
        """
        kept = np.ones(len(found), np.bool_)
        frames = np.unique(self.ignored.frame)
        true, ignored, own = (rows_per_frame(rows, frames) for rows in (self.rows, self.ignored, found))
        for among, aside, of_frame in zip(true, ignored, own, strict=True):
            boxes = np.concatenate([self.rows.boxes[among], self.ignored.boxes[aside]])
            overlap = iou_matrix(boxes, found.boxes[of_frame])
            overlap[overlap < _LEAST_IOU] = 0
            box, at = linear_sum_assignment(-overlap)
            meant = (overlap[box, at] > 0) & (box >= among.stop - among.start)
            kept[of_frame.start + at[meant]] = False
        return found.where(kept)


def rows_per_frame(rows: Rows, frames: NDArray[np.int32]) -> list[slice]:
    """Say which rows of a clip are of each frame: (n,) increasing."""
    begin, end = (np.searchsorted(rows.frame, frames, side=side).tolist() for side in ("left", "right"))
    return [slice(*bounds) for bounds in zip(begin, end, strict=True)]


def read_truth(file: Path, clip: ClipRow, frames: ProcessedFrames) -> Truth:
    """Read the ground truth of the frames that were processed.

    Args:
        file: in MOT format; frames count from 1 and are those of the clip, processed or not. Ignored is what
            has 0 in the seventh column, which is no confidence here.
        clip: that it is of.
        frames: all that were processed.

    Raises:
        TracksError: it cannot be read, or is not of this clip.
    """
    boxes = read_mot(file)
    last, count = int(boxes.frame.max()) + 1, clip.frames_decoded + clip.frames_failed
    if last > count:
        raise TracksError(
            f"{file}: has boxes up to frame {last}, but {clip.path} has {count} frames; is it the truth of "
            "another clip, or of this one at another frame rate?"
        )
    at = np.minimum(np.searchsorted(frames.index, boxes.frame), len(frames.index) - 1)
    _, person = np.unique(boxes.track, return_inverse=True)
    rows = Rows(
        person=person.astype(np.int64),
        tracklet=person.astype(np.int64),
        clip=np.zeros(len(boxes), np.int32),
        frame=boxes.frame,
        time_us=frames.pts_us[at] + epoch_us(clip.start),
        weight_us=frames.dt_us[at].astype(np.int64),
        boxes=boxes.boxes,
        size=np.tile(np.array([clip.width, clip.height], np.int32), (len(boxes), 1)),
        filled=np.zeros(len(boxes), np.bool_),
    )
    processed, considered = frames.index[at] == boxes.frame, boxes.confidence != 0
    if not (processed & considered).any():
        raise TracksError(f"{file}: has no box to be found in the frames of {clip.path} that were processed")
    note = None
    if last < count:
        note = f"{file}: ends at frame {last} of {count}; whoever was found after it counts as wrong"
    return Truth(rows.where(processed & considered), rows.where(processed & ~considered), note)
