"""What clips are analysed with: models are decided on at once, loaded when first needed and kept."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from heatcli.detect.base import Detector
from heatcli.detect.registry import ChosenDetector, choose_detector
from heatcli.detect.weights import weights_at
from heatcli.outcome import Progress
from heatcli.plan import COLOR_ATTRIBUTES, settings_json
from heatcli.settings import AnalyzeSettings
from heatcli.track.attributes import AttributeModel
from heatcli.track.color_names import ColorNames


@dataclass(frozen=True, slots=True)
class ChosenAttributes:
    """Who tells attributes, decided on but not loaded.

    Attributes:
        identity: what of it decides what is told, for the settings hash; `names` are all that it may tell,
            where that is known without loading it.
        load: makes it; raises WeightsError or UsageError if it cannot be.
    """

    identity: Mapping[str, object]
    load: Callable[[], AttributeModel]


def choose_attributes(said: str, *, device: str | None) -> ChosenAttributes:
    """Decide who tells attributes.

    Args:
        said: `color`, or a classification model's file or folder.
        device: for a model, as torch names it.

    Raises:
        WeightsError: there is no such model.
    """
    if said == COLOR_ATTRIBUTES:
        return ChosenAttributes({"names": ColorNames.names}, ColorNames)
    weights = weights_at(
        said, hint=f"--attributes takes `{COLOR_ATTRIBUTES}`, or the file of a classification model"
    )

    def load() -> AttributeModel:
        from heatcli.detect.labels import LabelModel

        return LabelModel(weights=weights, device=device)

    return ChosenAttributes({"weights_sha256": weights.sha256}, load)


class Models:
    """The models of all settings that clips are analysed with."""

    def __init__(self, progress: Progress, stack: ExitStack) -> None:
        """Begin with none.

        Args:
            progress: told where a detector is not the one that `auto` would like.
            stack: closes them in the end.
        """
        self._progress = progress
        self._stack = stack
        self._chosen: dict[str, tuple[ChosenDetector, ChosenAttributes | None]] = {}
        self._loaded: dict[str, tuple[Detector, AttributeModel | None]] = {}

    def resolved(self, settings: AnalyzeSettings) -> str:
        """Decide on the models; return all that decides what is found in a clip, as JSON.

        Raises:
            UsageError: the detector does not find what is asked for, or a model is missing.
        """
        detector, attributes = self._choose(settings)
        told = None if attributes is None else attributes.identity
        return settings_json(settings, detector.identity, told)

    def load(self, settings: AnalyzeSettings) -> tuple[Detector, AttributeModel | None]:
        """Return the detector, and who tells attributes if any are asked for.

        Raises:
            UsageError: one of them cannot be used.
        """
        key = settings.model_dump_json()
        if key not in self._loaded:
            chosen, chosen_attributes = self._choose(settings)
            attributes = None
            if chosen_attributes is not None:
                attributes = chosen_attributes.load()
                self._stack.callback(attributes.close)
            detector = chosen.load()
            self._stack.callback(detector.close)
            self._loaded[key] = detector, attributes
        return self._loaded[key]

    def _choose(self, settings: AnalyzeSettings) -> tuple[ChosenDetector, ChosenAttributes | None]:
        key = settings.model_dump_json()
        if key not in self._chosen:
            attributes = None
            if settings.attributes is not None:
                attributes = choose_attributes(settings.attributes, device=settings.yolo.device)
            detector = choose_detector(settings)
            if detector.warning is not None:
                self._progress.warn(detector.warning)
            self._chosen[key] = detector, attributes
        return self._chosen[key]
