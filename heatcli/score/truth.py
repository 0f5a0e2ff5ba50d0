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
from heatcli.names import counted
from heatcli.select.rows import Rows
from heatcli.store.clips import ClipRow
from heatcli.track.processed_frames import ProcessedFrames

# Least intersection over union at which a found box matches a true one: that of IDF1 and MOTA.
_LEAST_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Truth:
    """Ground truth of the frames that were processed; each row stands for the time of its frame.

    Attributes:
        rows: boxes to be found, at least one.
        ignored: boxes that may be found or not: people who can hardly be seen, reflections, other kinds of
            object.
        note: message to the user about the ground truth; None if there is nothing to say.
    """

    rows: Rows
    ignored: Rows
    note: str | None

    def judged(self, found: Rows) -> Rows:
        """Leave out the found rows that match ignored boxes, as the MOT Challenge does.

        Found boxes are matched one to one, for the largest sum of overlaps, with boxes to be found and
        ignored boxes together.
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
    """Return the slice of a clip's rows that each frame has; `frames` is (n,), increasing."""
    begin, end = (np.searchsorted(rows.frame, frames, side=side).tolist() for side in ("left", "right"))
    return [slice(*bounds) for bounds in zip(begin, end, strict=True)]


def read_truth(file: Path, clip: ClipRow, frames: ProcessedFrames) -> Truth:
    """Read the ground truth of the frames that were processed.

    Args:
        file: file of ground truth in MOT format; its frames count from 1 and are those of the clip, processed
            or not. A box with 0 in the seventh column, which is no confidence here, is ignored.
        clip: clip that the ground truth is of.
        frames: all frames that were processed.

    Raises:
        TracksError: the file cannot be read, or is not the ground truth of this clip.
    """
    boxes = read_mot(file)
    last, count = int(boxes.frame.max()) + 1, clip.frames_decoded + clip.frames_failed
    if last > count:
        raise TracksError(
            f"{file}: has boxes up to frame {last}, but {clip.path} has {counted(count, 'frame')}; is it the "
            "truth of another clip, or of this one at another frame rate?"
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
