"""Tracking scores: HOTA, IDF1 and MOTA, computed by TrackEval from arrays, without files in between."""

import contextlib
import io
import warnings
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from heatcli.errors import UsageError
from heatcli.geometry import iou_matrix
from heatcli.score.truth import rows_per_frame
from heatcli.select.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingScores:
    """How well boxes and identities agree with the ground truth; all but MOTA from 0 to 1, which is perfect.

    Attributes:
        hota: higher order tracking accuracy (Luiten et al. 2021, arXiv:2009.07736), like `det_a` and `ass_a`
            the mean over 19 overlaps from 0.05 to 0.95.
        det_a: detection accuracy, a part of HOTA: whether people are found where they are.
        ass_a: association accuracy, a part of HOTA: whether people keep their identities.
        idf1: share of boxes with the right identity (Ristani et al. 2016, arXiv:1609.01775), at IoU 0.5.
        mota: 1 - (missed + wrong boxes + identity switches) / true boxes (Bernardin and Stiefelhagen 2008,
            doi:10.1155/2008/246309), at IoU 0.5; below 0 where mistakes are more than true boxes.
        id_switches: number of times that a person's boxes go on under another identity.
    """

    hota: float
    det_a: float
    ass_a: float
    idf1: float
    mota: float
    id_switches: int


def tracking_scores(found: Rows, true: Rows, frames: NDArray[np.int32]) -> TrackingScores:
    """Compare boxes and identities, frame by frame.

    Args:
        found: rows that the tracker found in one clip.
        true: rows of the ground truth, not empty.
        frames: (n,) numbers of the frames that are compared, increasing; every row is in one of them.

    Raises:
        UsageError: TrackEval is not installed.
    """
    metrics = _trackeval()
    # TrackEval wants identities from 0 without gaps.
    true_ids, found_ids = (np.unique(rows.person, return_inverse=True)[1] for rows in (true, found))
    true_of, found_of = (rows_per_frame(rows, frames) for rows in (true, found))
    data = {
        "num_timesteps": len(frames),
        "num_gt_dets": len(true),
        "num_tracker_dets": len(found),
        "num_gt_ids": int(true_ids.max(initial=-1)) + 1,
        "num_tracker_ids": int(found_ids.max(initial=-1)) + 1,
        "gt_ids": [true_ids[rows] for rows in true_of],
        "tracker_ids": [found_ids[rows] for rows in found_of],
        "similarity_scores": [
            iou_matrix(true.boxes[a], found.boxes[b]) for a, b in zip(true_of, found_of, strict=True)
        ],
    }
    quiet = {"PRINT_CONFIG": False}
    with warnings.catch_warnings():
        # numpy's warnings about TrackEval's computations are nothing that a user could mend.
        warnings.simplefilter("ignore")
        hota = metrics.HOTA().eval_sequence(data)
        clear = metrics.CLEAR(quiet).eval_sequence(data)
        identity = metrics.Identity(quiet).eval_sequence(data)
    return TrackingScores(
        hota=float(np.mean(hota["HOTA"])),
        det_a=float(np.mean(hota["DetA"])),
        ass_a=float(np.mean(hota["AssA"])),
        idf1=float(identity["IDF1"]),
        mota=float(clear["MOTA"]),
        id_switches=int(clear["IDSW"]),
    )


def _trackeval() -> ModuleType:
    """Import TrackEval, which prints and warns of what it could do with other packages.

    Raises:
        UsageError: TrackEval is not installed.
    """
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            from trackeval import metrics
    except ImportError as error:
        raise UsageError(
            f"heatcli score needs TrackEval ({error}); install it: pip install 'heatcli[score]'"
        ) from error
    found: ModuleType = metrics
    return found
