"""Follow the people of a drawn world, and tell who was taken for whom."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.analysis.follow import FINEST_FPS
from heatcli.config.settings import TrackSettings
from heatcli.geometry import iou_matrix
from heatcli.track.appearance.appearance import appearance_of
from heatcli.track.appearance.colours import Colours
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations
from heatcli.track.online.doubt import by_way_of
from heatcli.track.online.online import OnlineTracker
from heatcli.track.smooth.smooth import smooth
from heatcli.video.sampling import Sampler
from heatcli.video.timeline import Timeline
from tests.support.world_detections import Moment, detect
from tests.support.world_floor import HEIGHT, WIDTH, Floats, World
from tests.support.world_view import Truth

_CONFIDENCE = 0.25
_IN_SIGHT = 0.3
"""Of whom less shows need not be found, and may be."""
_SAME = 0.5
_NOTICED_US = 500_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How tracks and people belong together.

    Attributes:
        tracks: per person the tracks that were theirs, one after the other, as CLEAR MOT counts switches: the
            last one stays theirs while it overlaps them by half. What does not last for half a second, as at
            the edge of the picture, nobody would notice.
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


def follow(
    world: World,
    *,
    seed: int = 0,
    begin_s: float = 0.0,
    end_s: float = math.inf,
    base_fps: float | None = None,
) -> tuple[Observations, list[Truth]]:
    """Find, follow, link and smooth the people of a world, or of a part of it, as `analyze` does.

    Args:
        world: the world; its `fps` are those of the recording.
        seed: of the detector's errors.
        begin_s: what is before is left out.
        end_s: what is from there on is left out.
        base_fps: as many frames a second are looked at, and those between where a step leaves it open who
            went where; None for every frame.

    Returns:
        Rows of the tracks, and the truth of the frames that were looked at.
    """
    settings = TrackSettings()
    tracker, colours = OnlineTracker(settings, confidence=_CONFIDENCE), Colours()
    truths = []
    base, finest = (Sampler(fps, Fraction(1, 90_000)) for fps in (base_fps or 0.0, FINEST_FPS))
    between: list[Moment] = []
    for last in detect(world, seed=seed):
        now_us = last.truth.pts_us
        if not begin_s * 1e6 <= now_us < end_s * 1e6:
            continue
        is_fine = finest.takes(now_us)
        if not base.takes(now_us):
            between += [last] * is_fine
            continue
        for moment in by_way_of(
            between,
            last,
            lambda moment: moment,
            lambda moment: tracker.leaves_open(moment.truth.pts_us, moment.found),
        ):
            appearance = appearance_of(colours, moment.image, moment.found.boxes)
            tracker.update(moment.truth.frame, moment.truth.pts_us, moment.found, appearance)
            truths.append(moment.truth)
        between = []
    timeline = Timeline(round(1e6 / world.fps))
    for truth in truths:
        timeline.add_processed(truth.frame, truth.pts_us)
    frames, pts_us = timeline.index(), timeline.pts_us()
    linked, _ = link_tracklets(
        tracker.finish(),
        tracker.half_embeddings(),
        frames=frames,
        pts_us=pts_us,
        dt_us=timeline.dt_us(),
        width=WIDTH,
        height=HEIGHT,
        settings=settings,
    )
    speed = settings.speed_lengths_per_s
    smoothed = smooth(
        linked, frames=frames, pts_us=pts_us, steps=frames, width=WIDTH, height=HEIGHT, speed=speed
    )
    return smoothed, truths


@dataclass(frozen=True, slots=True)
class Frame:
    """What is compared in one frame.

    Attributes:
        pts_us: its time in µs.
        track: (n,) ids of its tracks.
        person: (m,) who is in sight.
        overlap: (n, m) IoU with the whole figure or with what shows of it: either box is right.
    """

    pts_us: int
    track: NDArray[np.int32]
    person: NDArray[np.intp]
    overlap: Floats


def compared(rows: Observations, truths: Sequence[Truth]) -> Iterator[Frame]:
    """Lay what was seen, which is not what was filled, beside who is in sight."""
    boxes, frame, track = rows.boxes[~rows.filled], rows.frame[~rows.filled], rows.track[~rows.filled]
    # The truth ends at the edge of the picture.
    boxes = boxes.clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT))
    for truth in truths:
        here = slice(*np.searchsorted(frame, [truth.frame, truth.frame + 1]))
        seen = np.where(np.isnan(truth.seen), truth.boxes, truth.seen)
        overlap = np.maximum(iou_matrix(boxes[here], truth.boxes), iou_matrix(boxes[here], seen))
        in_sight = truth.visibility >= _IN_SIGHT
        # Who follows somebody hidden is not wrong.
        follows_hidden = (overlap >= _SAME).any(axis=1) & ~(overlap[:, in_sight] >= _SAME).any(axis=1)
        yield Frame(
            truth.pts_us,
            track[here][~follows_hidden],
            truth.person[in_sight],
            overlap[~follows_hidden][:, in_sight],
        )


def outcome(rows: Observations, truths: Sequence[Truth], people: int) -> Outcome:
    """Compare tracks with the truth."""
    ids = np.unique(rows.track)
    # Per person each track, and when it was first and last theirs.
    own: list[list[tuple[int, int, int]]] = [[] for _ in range(people)]
    together, found, true = np.zeros((len(ids), people)), 0, 0
    for frame in compared(rows, truths):
        same = frame.overlap >= _SAME
        together[np.ix_(np.searchsorted(ids, frame.track), frame.person)] += same
        found, true = found + len(frame.track), true + len(frame.person)
        last = np.array([own[person][-1][0] if own[person] else 0 for person in frame.person])
        # Those who belong together already come first.
        worth = np.where(same, frame.overlap + 100 * (frame.track[:, None] == last), 0)
        for i, j in zip(*linear_sum_assignment(-worth), strict=True):
            if same[i, j]:
                theirs = own[frame.person[j]]
                begin_us = theirs.pop()[1] if frame.track[i] == last[j] else frame.pts_us
                theirs.append((int(frame.track[i]), begin_us, frame.pts_us))
    one, other = linear_sum_assignment(-together)
    return Outcome(
        tuple(map(_noticed, own)), len(ids), float(2 * together[one, other].sum() / (found + true))
    )


def _noticed(theirs: Sequence[tuple[int, int, int]]) -> tuple[int, ...]:
    """Tracks that were somebody's for long enough, without repetition."""
    tracks = [track for track, begin_us, end_us in theirs if end_us - begin_us >= _NOTICED_US]
    return tuple(track for track, _ in groupby(tracks))
