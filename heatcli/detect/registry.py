"""Which detectors there are, and which one to use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from heatcli.detect.base import Detector, DetectorIdentity
from heatcli.detect.weights import Weights, find_weights, named_model
from heatcli.errors import UsageError, WeightsError
from heatcli.names import DetectorChoice
from heatcli.settings import MotionSettings, YoloSettings

# What background subtraction takes everything that moves for.
_MOTION_OBJECTS = ("person",)


@dataclass(frozen=True, slots=True)
class ChosenDetector:
    """A detector that is decided on, but not loaded: enough to know whether a clip has been analysed with it.

    Attributes:
        identity: of the detector that `load` makes.
        warning: one line to tell the user; None where there is nothing to tell.
        load: makes the detector. Takes seconds; raises WeightsError or UsageError if it cannot be.
    """

    identity: DetectorIdentity
    warning: str | None
    load: Callable[[], Detector]


def _choose_yolo(yolo: YoloSettings, _: MotionSettings, objects: tuple[str, ...]) -> ChosenDetector:
    weights = find_weights(named_model(yolo.weights))
    identity = DetectorIdentity("yolo", weights.path.name, weights.sha256)
    return ChosenDetector(identity, None, partial(_load_yolo, weights, yolo, objects))


def _load_yolo(weights: Weights, yolo: YoloSettings, objects: tuple[str, ...]) -> Detector:
    from heatcli.detect.openvino import OpenVinoDetector, is_openvino
    from heatcli.detect.yolo import YoloDetector

    if is_openvino(weights.path):
        return OpenVinoDetector(
            weights=weights, objects=objects, confidence=yolo.confidence, device=yolo.device
        )
    return YoloDetector(weights=weights, objects=objects, confidence=yolo.confidence, device=yolo.device)


def _choose_motion(_: YoloSettings, motion: MotionSettings, objects: tuple[str, ...]) -> ChosenDetector:
    if objects != _MOTION_OBJECTS:
        raise UsageError(
            f"--detector motion takes all that moves for a person; to track {', '.join(objects)}, use yolo"
        )
    return ChosenDetector(DetectorIdentity("motion", None, None), None, partial(_load_motion, motion))


def _load_motion(motion: MotionSettings) -> Detector:
    from heatcli.detect.motion import MotionDetector

    return MotionDetector(motion)


DETECTORS: dict[str, Callable[[YoloSettings, MotionSettings, tuple[str, ...]], ChosenDetector]] = {
    "yolo": _choose_yolo,
    "motion": _choose_motion,
}


def choose_detector(
    *,
    choice: DetectorChoice,
    yolo: YoloSettings,
    motion: MotionSettings,
    objects_to_track: tuple[str, ...],
) -> ChosenDetector:
    """Decide which detector to use, without loading it.

    `auto` is yolo if its weights are on this machine or can be fetched, else motion. A model that the user
    named is used, or is an error.

    Raises:
        UsageError: the detector does not find what is asked for.
        WeightsError: the model is missing, or not what it should be.
    """
    if choice is not DetectorChoice.AUTO:
        return DETECTORS[choice](yolo, motion, objects_to_track)
    try:
        return DETECTORS["yolo"](yolo, motion, objects_to_track)
    except WeightsError as error:
        if named_model(yolo.weights) is not None or objects_to_track != _MOTION_OBJECTS:
            raise
        fallback = DETECTORS["motion"](yolo, motion, objects_to_track)
        return replace(fallback, warning=f"using motion detection: {error}")
