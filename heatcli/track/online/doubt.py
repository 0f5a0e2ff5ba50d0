"""Whether a step between two frames leaves it open who went where, so that one between them is worth a look.

Recorded frames can be fetched afterwards, so that few have to be looked at where people are easily followed
(a variable gap, as in Miris, Bastani et al., SIGMOD 2020, and OTIF, Bastani and Madden, SIGMOD 2022).
"""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.motion_model import MotionModel
from heatcli.track.online.association import Association, Mask
from heatcli.track.online.takeovers import NEAR, RUN


def leaves_open(
    motion: MotionModel,
    association: Association,
    *,
    unseen_s: NDArray[np.float64],
    latest: Mask,
    young: Mask,
) -> bool:
    """Tell whether a step leaves it open who went where.

    It does if two objects may have changed places; if somebody was lost where somebody else begins, within
    the reach of a runner; and if somebody was lost before they were seen for long enough to count, so that a
    single further sighting decides.

    Args:
        motion: motion model of the n objects, which expects them at the time of the frame.
        association: what would become of them in the frame.
        unseen_s: (n,) time in seconds since each was seen.
        latest: (n,) mask of the objects that were seen in the frame before.
        young: (n,) mask of those seen more than once, and not yet for long enough to be stored.
    """
    if len(association.swapped):
        return True
    lost = np.flatnonzero((association.match < 0) & latest)
    if young[lost].any():
        return True
    away = np.abs(motion.position[lost, None, :2] - association.measured[association.new, :2]).max(axis=2)
    length = motion.position[lost, 2:].max(axis=1)
    return bool((away <= (length * (NEAR + RUN * unseen_s[lost]))[:, None]).any())
