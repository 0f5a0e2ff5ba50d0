"""Read the boxes from the output of a YOLO network."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.model import MAX_DETECTIONS, NMS_IOU


@dataclass(frozen=True, slots=True)
class NetworkBoxes:
    """Objects in one frame in the network's own terms, the most confident first.

    Attributes:
        boxes: (n, 4) float32 bounding boxes x1 y1 x2 y2 in network pixels.
        confidence: (n,) float32 confidence of each box in 0..1.
        number: (n,) int64 class number of each box in the network.
    """

    boxes: NDArray[np.float32]
    confidence: NDArray[np.float32]
    number: NDArray[np.int64]


def read_end_to_end(output: NDArray[np.float32], *, wanted: list[int], floor: float) -> NetworkBoxes:
    """Read the output of a network that suppresses double boxes itself.

    Args:
        output: (n, 6 or more) x1 y1 x2 y2 in network pixels, confidence, class number; most confident first.
        wanted: class numbers to report.
        floor: confidence above which boxes are reported.
    """
    rows = output[(output[:, 4] > floor) & np.isin(output[:, 5], wanted)][:MAX_DETECTIONS]
    return NetworkBoxes(rows[:, :4], rows[:, 4], rows[:, 5].astype(np.int64))


def read_raw(output: NDArray[np.float32], *, classes: int, wanted: list[int], floor: float) -> NetworkBoxes:
    """Read the raw output of a network, and suppress double boxes class by class.

    A box has only its most likely class, and is reported if that class is wanted, as in ultralytics. Only the
    rows of the wanted classes are searched, which makes this cheap.

    Args:
        output: (4 + classes or more, n) centre x, centre y, width, height in network pixels, then the
            confidence of each class.
        classes: number of classes of the network.
        wanted: class numbers to report.
        floor: confidence above which boxes are reported.
    """
    scores = output[4 : 4 + classes]
    candidates = np.flatnonzero(scores[wanted].max(axis=0) > floor)
    number = scores[:, candidates].argmax(axis=0)
    is_wanted = np.isin(number, wanted)
    candidates, number = candidates[is_wanted], number[is_wanted]
    confidence = scores[number, candidates]
    centre, size = output[:2, candidates].T, output[2:4, candidates].T
    corner = centre - size / 2
    kept = cv2.dnn.NMSBoxesBatched(
        np.hstack([corner, size]).tolist(), confidence.tolist(), number.tolist(), floor, NMS_IOU
    )
    order = np.array(kept, dtype=np.int64)[:MAX_DETECTIONS]
    boxes = np.hstack([corner, corner + size])[order]
    return NetworkBoxes(boxes.astype(np.float32, copy=False), confidence[order], number[order])
