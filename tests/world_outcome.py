"""Follow the people of a drawn world, and tell who was taken for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.geometry import iou_matrix
from heatcli.settings import TrackSettings
from heatcli.track.appearance import describe
from heatcli.track.observations import Observations
from heatcli.track.online import OnlineTracker
from tests.world_detections import detect
from tests.world_floor import Floats, World
from tests.world_view import Truth

_CONFIDENCE = 0.25
_IN_SIGHT = 0.3
"""Of whom less shows need not be found, and may be."""
_SAME = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How tracks and people belong together.

    Attributes:
        tracks: per person the tracks that were theirs, one after the other, as CLEAR MOT counts switches: the
            last one stays theirs while it overlaps them by half.
        ids: how many tracks there are.
        idf1: of Ristani et al. 2016: twice the rows of tracks matched one to one with people, by all rows.
    """

    tracks: tuple[tuple[int, ...], ...]
    ids: int
    idf1: float

    @property
    def switches(self) -> int:
        """How often a person was given another track."""
        return sum(max(len(own) - 1, 0) for own in self.tracks)

    @property
    def exact(self) -> bool:
        """Whether everybody has one track, and nobody else has it."""
        owned = [own[0] for own in self.tracks if len(own) == 1]
        return len(set(owned)) == len(self.tracks) == self.ids


def follow(world: World, *, seed: int = 0) -> tuple[Observations, list[Truth]]:
    """Find, follow and link the people of a world, as `analyze` does."""
    tracker = OnlineTracker(TrackSettings(), confidence=_CONFIDENCE)
    truths = []
    for moment in detect(world, seed=seed):
        seen = describe(moment.image, moment.found.boxes)
        tracker.update(moment.truth.frame, moment.truth.pts_us, moment.found, seen)
        truths.append(moment.truth)
    return tracker.finish(), truths


def outcome(rows: Observations, truths: Sequence[Truth], people: int) -> Outcome:
    """Compare what was seen, which is not what was filled, with the truth."""
    boxes, frame, track = (column[~rows.filled] for column in (rows.boxes, rows.frame, rows.track))
    ids, track = np.unique(track, return_inverse=True)
    own: list[list[int]] = [[] for _ in range(people)]
    together, found, true = np.zeros((len(ids), people)), np.zeros(len(ids)), np.zeros(people)
    for truth in truths:
        here = slice(*np.searchsorted(frame, [truth.frame, truth.frame + 1]))
        overlap = _overlap(boxes[here], truth)
        shows = truth.visibility >= _IN_SIGHT
        who, tracks = truth.person[shows], track[here]
        # Who follows somebody hidden is not wrong.
        counts = (overlap[:, shows] >= _SAME).any(axis=1) | ~(overlap >= _SAME).any(axis=1)
        found[tracks[counts]] += 1
        true[who] += 1
        same = overlap[:, shows] >= _SAME
        together[np.ix_(tracks, who)] += same
        for row, column in _matched(overlap[:, shows], same, tracks, [own[person] for person in who]):
            last = own[who[column]]
            if last[-1:] != [tracks[row]]:
                last.append(int(tracks[row]))
    one, other = linear_sum_assignment(-together)
    idf1 = 2 * together[one, other].sum() / (found.sum() + true.sum())
    return Outcome(tuple(tuple(int(ids[i]) for i in tracks) for tracks in own), len(ids), float(idf1))


def _overlap(boxes: NDArray[np.float32], truth: Truth) -> Floats:
    """(n, m) IoU with the whole figure or with what shows of it: either box is right."""
    seen = np.where(np.isnan(truth.seen), truth.boxes, truth.seen)
    return np.maximum(iou_matrix(boxes, truth.boxes), iou_matrix(boxes, seen))


def _matched(
    overlap: Floats, same: NDArray[np.bool_], tracks: NDArray[np.intp], own: Sequence[list[int]]
) -> list[tuple[int, int]]:
    """Match rows and people of one frame: those who belonged together first, then by overlap."""
    kept = np.array([[bool(last) and last[-1] == track for last in own] for track in tracks.tolist()])
    worth = np.where(same, overlap + 100 * kept.reshape(same.shape), 0)
    return [(i, j) for i, j in zip(*linear_sum_assignment(-worth), strict=True) if same[i, j]]
