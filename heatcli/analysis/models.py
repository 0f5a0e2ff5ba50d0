"""What clips are analysed with: models are decided on at once, loaded when first needed and kept."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType

from heatcli.analysis.plan import COLOR_ATTRIBUTES, settings_json
from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detector
from heatcli.detect.registry import ChosenDetector, choose_detector
from heatcli.detect.weights import weights_at
from heatcli.track.appearance.appearance import Describer
from heatcli.track.appearance.attributes import AttributeModel
from heatcli.track.appearance.color_names import ColorNames
from heatcli.track.appearance.describers import ChosenDescriber, choose_describer


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


@dataclass(frozen=True, slots=True)
class ChosenModels:
    """What a clip is analysed with, decided but not loaded; attributes only where they are asked for."""

    detector: ChosenDetector
    describer: ChosenDescriber
    attributes: ChosenAttributes | None


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """What a clip is analysed with."""

    detector: Detector
    describer: Describer
    attributes: AttributeModel | None


class Models:
    """The models of all settings so far. Leaving the `with` releases them."""

    def __init__(self, *, warn: Callable[[str], None]) -> None:
        """Begin with none.

        Args:
            warn: told in one line where a model is not the one that the user would like.
        """
        self._warn = warn
        self._open = ExitStack()
        self._chosen: dict[str, ChosenModels] = {}
        self._loaded: dict[str, LoadedModels] = {}

    def __enter__(self) -> "Models":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def resolved(self, settings: AnalyzeSettings) -> str:
        """Decide which models to use; return all that decides what is found in a clip, as JSON.

        Raises:
            UsageError: a model is missing, or the detector does not find what is asked for.
        """
        chosen = self._choose(settings)
        return settings_json(
            settings,
            chosen.detector.identity,
            reid_sha256=chosen.describer.weights_sha256,
            attributes=None if chosen.attributes is None else chosen.attributes.identity,
        )

    def load(self, settings: AnalyzeSettings) -> LoadedModels:
        """Return the models, ready for use.

        Raises:
            UsageError: as `resolved`, or a model cannot be used.
        """
        key = settings.model_dump_json()
        if key not in self._loaded:
            chosen = self._choose(settings)
            describer = chosen.describer.load()
            attributes = None
            if chosen.attributes is not None:
                attributes = chosen.attributes.load()
                self._open.callback(attributes.close)
            detector = chosen.detector.load()
            self._open.callback(detector.close)
            self._loaded[key] = LoadedModels(detector, describer, attributes)
        return self._loaded[key]

    def _choose(self, settings: AnalyzeSettings) -> ChosenModels:
        key = settings.model_dump_json()
        if key not in self._chosen:
            describer, attributes = choose_describer(settings), None
            if settings.attributes is not None:
                attributes = choose_attributes(settings.attributes, device=settings.yolo.device)
            chosen = ChosenModels(choose_detector(settings), describer, attributes)
            if chosen.detector.warning is not None:
                self._warn(chosen.detector.warning)
            self._chosen[key] = chosen
        return self._chosen[key]
