"""What every detection model has in common, whichever runtime runs it."""

import difflib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.errors import WeightsError

# Detections below the confidence that founds a tracklet are reported too: association uses them to keep hold
# of a person who is half hidden. 0.1 is where ByteTrack (arXiv:2110.06864) begins; below it is noise.
CONFIDENCE_FLOOR = 0.1
# Two boxes of one class that overlap by more are the same object. The default of ultralytics.
NMS_IOU = 0.7
# Objects per frame. The default of ultralytics.
MAX_DETECTIONS = 300
# Kinds of model whose results have upright boxes.
TASKS = ("detect", "segment", "pose")


def check_task(task: str, *, model: str) -> None:
    """Refuse a model that yields no boxes.

    Args:
        task: as ultralytics names it.
        model: the model's name, for the message.

    Raises:
        WeightsError: it yields no upright boxes.
    """
    if task not in TASKS:
        raise WeightsError(f"{model}: a model for {task} finds no boxes; name one for {', '.join(TASKS)}")


def class_columns(names: Mapping[int, str], objects: tuple[str, ...], *, model: str) -> dict[int, int]:
    """Map the model's class numbers to positions in `objects`.

    Args:
        names: the model's classes.
        objects: names of the classes asked for.
        model: the model's name, for the message.

    Raises:
        WeightsError: the model knows no class of a name asked for; the message has the nearest names.
    """
    known = sorted(set(names.values()))
    for name in objects:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), known, n=3) or known[:8]
            raise WeightsError(
                f"{model} knows no class {name!r}; it knows, among {len(known)}: {', '.join(near)}"
            )
    return {number: objects.index(name) for number, name in sorted(names.items()) if name in objects}


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
        boxes: (n, 4) x1 y1 x2 y2 in source pixels, may reach out of the frame.
        confidence: (n,) 0..1, up to rounding.
        class_id: (n,) index into the detector's classes.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
    """
    clipped = np.clip(boxes, 0, np.array([width, height, width, height], dtype=np.float32))
    solid = (clipped[:, :2] < clipped[:, 2:]).all(axis=1)  # NaN compares false
    return Detections(clipped[solid], np.clip(confidence[solid], 0, 1), class_id[solid])
