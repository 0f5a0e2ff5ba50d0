"""Whether a step between two frames leaves it open who went where, so that one between them is worth a look.

Recorded frames can be fetched afterwards, so that few have to be looked at where people are easily followed
(a variable gap, as in Miris, Bastani et al., SIGMOD 2020, and OTIF, Bastani and Madden, SIGMOD 2022).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.track.motion_model import MotionModel
from heatcli.track.online.association import Association, Mask
from heatcli.track.online.takeovers import NEAR, RUN

FrameT = TypeVar("FrameT")
SeenT = TypeVar("SeenT")


def by_way_of(
    between: Sequence[FrameT],
    seen: SeenT,
    look: Callable[[FrameT], SeenT],
    is_open: Callable[[SeenT], bool],
) -> Iterator[SeenT]:
    """Yield the frames by way of which to go on to a frame, and that frame at the end.

    Where the step to the frame leaves it open who went where, the middle one of those in between comes first;
    and so on, from each to the next, until no step is open or no frame is left.

    Args:
        between: frames between the latest one and the one to go on to, in order; none of them is looked at.
        seen: what was found in the one to go on to.
        look: function that finds what is in a frame.
        is_open: function that tells whether the step from the latest frame leaves it open who went where. So
            each frame has to be taken in before the next one is asked for.
    """
    while between and is_open(seen):
        middle = len(between) // 2
        yield from by_way_of(between[:middle], look(between[middle]), look, is_open)
        between = between[middle + 1 :]
    yield seen


def leaves_open(
    motion: MotionModel,
    association: Association,
    *,
    unseen_s: NDArray[np.float64],
    latest: Mask,
    young: Mask,
) -> bool:
    """Tell whether a step leaves it open who went where.

    It does if somebody was lost where somebody else begins, within the reach of a runner; and if somebody was
    lost before they were seen for long enough to count, so that a single further sighting decides. Whether
    two objects have changed places is no question to the frames between, in which one hides the other: looks
    tell, once the whole clip is known.

    Args:
        motion: motion model of the n objects, which expects them at the time of the frame.
        association: what would become of them in the frame.
        unseen_s: (n,) time in seconds since each was seen.
        latest: (n,) mask of the objects that were seen in the frame before.
        young: (n,) mask of those seen more than once, and not yet for long enough to be stored.
    """
    lost = np.flatnonzero((association.match < 0) & latest)
    if young[lost].any():
        return True
    away = np.abs(motion.position[lost, None, :2] - association.measured[association.new, :2]).max(axis=2)
    length = motion.position[lost, 2:].max(axis=1)
    return bool((away <= (length * (NEAR + RUN * unseen_s[lost]))[:, None]).any())
