"""Which detectors there are, and which one to use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detector, DetectorIdentity
from heatcli.detect.weights import Weights, find_weights, named_model
from heatcli.errors import UsageError, WeightsError
from heatcli.names import DetectorChoice

Say = Callable[[str], None]

# Class of everything that moves, to background subtraction.
_MOTION_OBJECTS = ("person",)


@dataclass(frozen=True, slots=True)
class ChosenDetector:
    """A detector that is decided on, but not loaded: enough to know whether a clip has been analysed with it.

    Attributes:
        identity: identity of the detector that `load` makes.
        fallback: reason for which it replaces a better one; None where it does not.
        load: function that makes the detector, and gets the receiver of lines of text for the user; takes
            seconds, raises WeightsError or UsageError where the detector cannot be made.
    """

    identity: DetectorIdentity
    fallback: str | None
    load: Callable[[Say], Detector]


def _choose_yolo(settings: AnalyzeSettings) -> ChosenDetector:
    weights = find_weights(named_model(settings.yolo.weights))
    identity = DetectorIdentity("yolo", weights.path.name, weights.sha256)

    def load(say: Say) -> Detector:
        from heatcli.detect.fitted import FittedDetector

        device = settings.yolo.device
        return FittedDetector(
            weights, identity=identity, load=partial(_load_form, settings), device=device, say=say
        )

    return ChosenDetector(identity, None, load)


def _load_form(settings: AnalyzeSettings, weights: Weights) -> Detector:
    from heatcli.detect.exports import export_folders
    from heatcli.detect.openvino import OpenVinoDetector
    from heatcli.detect.yolo import YoloDetector

    runtime = OpenVinoDetector if export_folders(weights.path) else YoloDetector
    return runtime(
        weights=weights,
        objects=settings.objects_to_track,
        confidence=settings.confidence,
        device=settings.yolo.device,
    )


def _choose_motion(settings: AnalyzeSettings) -> ChosenDetector:
    if not _is_for_motion(settings):
        wanted = ", ".join(settings.objects_to_track)
        raise UsageError(f"--detector motion takes all that moves for a person; to track {wanted}, use yolo")
    return ChosenDetector(DetectorIdentity("motion", None, None), None, partial(_load_motion, settings))


def _load_motion(settings: AnalyzeSettings, say: Say) -> Detector:
    from heatcli.detect.motion import MotionDetector

    return MotionDetector(settings.motion)


def _is_for_motion(settings: AnalyzeSettings) -> bool:
    return settings.objects_to_track in (_MOTION_OBJECTS, ())


DETECTORS: dict[str, Callable[[AnalyzeSettings], ChosenDetector]] = {
    "yolo": _choose_yolo,
    "motion": _choose_motion,
}


def choose_detector(settings: AnalyzeSettings) -> ChosenDetector:
    """Decide which detector to use, without loading it.

    `auto` is yolo if its weights are on this machine or can be fetched, else motion. A model that the user
    named is used, or is an error.

    Raises:
        UsageError: the detector does not find the classes asked for.
        WeightsError: the model is missing, unreadable, or not the published one.
    """
    if settings.detector is not DetectorChoice.AUTO:
        return DETECTORS[settings.detector](settings)
    try:
        return DETECTORS["yolo"](settings)
    except WeightsError as error:
        if named_model(settings.yolo.weights) is not None or not _is_for_motion(settings):
            raise
        return replace(DETECTORS["motion"](settings), fallback=str(error))
