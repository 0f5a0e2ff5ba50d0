"""Follow the people of a drawn world, and tell who was taken for whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.geometry import iou_matrix
from heatcli.settings import TrackSettings
from heatcli.track.appearance import look
from heatcli.track.colours import Colours
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
        seen = look(Colours(), moment.image, moment.found.boxes)
        tracker.update(moment.truth.frame, moment.truth.pts_us, moment.found, seen)
        truths.append(moment.truth)
    return tracker.finish(), truths


@dataclass(frozen=True, slots=True)
class Frame:
    """What is compared in one frame.

    Attributes:
        track: (n,) ids of its tracks.
        person: (m,) who is in sight.
        overlap: (n, m) IoU with the whole figure or with what shows of it: either box is right.
    """

    track: NDArray[np.int32]
    person: NDArray[np.intp]
    overlap: Floats


def compared(rows: Observations, truths: Sequence[Truth]) -> Iterator[Frame]:
    """Lay what was seen, which is not what was filled, beside who is in sight."""
    boxes, frame, track = rows.boxes[~rows.filled], rows.frame[~rows.filled], rows.track[~rows.filled]
    for truth in truths:
        here = slice(*np.searchsorted(frame, [truth.frame, truth.frame + 1]))
        seen = np.where(np.isnan(truth.seen), truth.boxes, truth.seen)
        overlap = np.maximum(iou_matrix(boxes[here], truth.boxes), iou_matrix(boxes[here], seen))
        in_sight = truth.visibility >= _IN_SIGHT
        # Who follows somebody hidden is not wrong.
        follows_hidden = (overlap >= _SAME).any(axis=1) & ~(overlap[:, in_sight] >= _SAME).any(axis=1)
        yield Frame(
            track[here][~follows_hidden], truth.person[in_sight], overlap[~follows_hidden][:, in_sight]
        )


def outcome(rows: Observations, truths: Sequence[Truth], people: int) -> Outcome:
    """Compare tracks with the truth."""
    ids = np.unique(rows.track)
    own: list[list[int]] = [[] for _ in range(people)]
    together, found, true = np.zeros((len(ids), people)), 0, 0
    for frame in compared(rows, truths):
        same = frame.overlap >= _SAME
        together[np.ix_(np.searchsorted(ids, frame.track), frame.person)] += same
        found, true = found + len(frame.track), true + len(frame.person)
        last = np.array([own[person][-1] if own[person] else 0 for person in frame.person])
        # Those who belong together already come first.
        worth = np.where(same, frame.overlap + 100 * (frame.track[:, None] == last), 0)
        for i, j in zip(*linear_sum_assignment(-worth), strict=True):
            if same[i, j] and frame.track[i] != last[j]:
                own[frame.person[j]].append(int(frame.track[i]))
    one, other = linear_sum_assignment(-together)
    return Outcome(tuple(map(tuple, own)), len(ids), float(2 * together[one, other].sum() / (found + true)))
