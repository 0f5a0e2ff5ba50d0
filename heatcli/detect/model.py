"""What all detection models have in common, whichever runtime runs them."""

import difflib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.errors import WeightsError

# Least confidence of reported detections. It is below the confidence that begins a tracklet, because
# association uses weak detections to keep hold of a person who is half hidden. 0.1 is where ByteTrack
# (arXiv:2110.06864) begins; below it is noise.
CONFIDENCE_FLOOR = 0.1
# IoU above which two boxes of one class are the same object: the default of ultralytics.
NMS_IOU = 0.7
# Most objects per frame: the default of ultralytics.
MAX_DETECTIONS = 300
# Frames per second that are enough to follow people where nothing is in doubt: a walker comes half a step
# further, and boxes still overlap.
BASE_FPS = 2.5
# Tasks of models whose results have upright boxes.
TASKS = ("detect", "segment", "pose")


def check_task(task: str, *, model: str) -> None:
    """Refuse a model that yields no boxes.

    Args:
        task: ultralytics' name of the task that the model is for.
        model: name of the model, for the message.

    Raises:
        WeightsError: the model yields no upright boxes.
    """
    if task not in TASKS:
        raise WeightsError(f"{model}: a model for {task} finds no boxes; name one for {', '.join(TASKS)}")


def wanted_classes(
    names: Mapping[int, str], objects: tuple[str, ...], *, model: str
) -> tuple[tuple[str, ...], dict[int, int]]:
    """Find the classes to report among those that a model knows.

    Args:
        names: names of the model's classes by number.
        objects: names of the classes asked for; empty for all.
        model: name of the model, for the message.

    Returns:
        Names of the classes, and for the number of each in the model its position among them.

    Raises:
        WeightsError: the model does not know one of the classes asked for; the message has the nearest names.
    """
    known = sorted(set(names.values()))
    objects = objects or tuple(known)
    for name in objects:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), known, n=3) or known[:8]
            raise WeightsError(
                f"{model} knows no class {name!r}; it knows, among {len(known)}: {', '.join(near)}"
            )
    columns = {number: objects.index(name) for number, name in sorted(names.items()) if name in objects}
    return objects, columns


def make_detections(
    boxes: NDArray[np.float32],
    confidence: NDArray[np.float32],
    class_id: NDArray[np.int32],
    *,
    width: int,
    height: int,
) -> Detections:
    """Clip boxes to the frame and drop what is left without an area.

    Args:
        boxes: (n, 4) bounding boxes x1 y1 x2 y2 in source pixels; may reach out of the frame.
        confidence: (n,) confidence of each detection in 0..1, up to rounding.
        class_id: (n,) index into the detector's classes.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
    """
    clipped = np.clip(boxes, 0, np.array([width, height, width, height], dtype=np.float32))
    solid = (clipped[:, :2] < clipped[:, 2:]).all(axis=1)  # NaN compares false
    return Detections(clipped[solid], np.clip(confidence[solid], 0, 1), class_id[solid])
