"""The models that clips are analysed with: chosen at once, loaded when first needed, and kept."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType

from heatcli.analysis.plan import COLOR_ATTRIBUTES, settings_json
from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detector
from heatcli.detect.registry import ChosenDetector, Say, choose_detector
from heatcli.detect.weights import weights_at
from heatcli.errors import UsageError
from heatcli.track.appearance.appearance import Describer
from heatcli.track.appearance.attributes import AttributeModel
from heatcli.track.appearance.color_names import ColorNames
from heatcli.track.appearance.describers import ChosenDescriber, choose_describer


@dataclass(frozen=True, slots=True)
class ChosenAttributes:
    """A model of attributes, chosen but not loaded.

    Attributes:
        identity: properties that decide the model's results, for the settings hash; `names` lists all its
            attributes, where they are known without loading it.
        load: function that loads the model; raises WeightsError or UsageError if it cannot be loaded.
    """

    identity: Mapping[str, object]
    load: Callable[[], AttributeModel]


def choose_attributes(said: str, *, device: str | None) -> ChosenAttributes:
    """Choose the model that tells attributes.

    Args:
        said: `color`, or file or folder of a classification model.
        device: name of the device for a classification model, such as `cpu`, `0` or `cuda:1`; None for a GPU
            if there is one.

    Raises:
        WeightsError: there is no model of that name.
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
    """The models that a clip is analysed with, chosen but not loaded; attributes only where asked for."""

    detector: ChosenDetector
    describer: ChosenDescriber
    attributes: ChosenAttributes | None


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """The models that a clip is analysed with, ready for use."""

    detector: Detector
    describer: Describer
    attributes: AttributeModel | None


class Models:
    """The models for all settings so far, each loaded once. Leaving the `with` releases them."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._chosen: dict[str, ChosenModels] = {}
        self._loaded: dict[str, LoadedModels] = {}
        # Why models cannot be loaded: they are not tried again for each clip.
        self._faults: dict[str, str] = {}

    def __enter__(self) -> "Models":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def resolved(self, settings: AnalyzeSettings) -> str:
        """Choose the models, and return all that decides what is found in a clip, as JSON.

        Raises:
            UsageError: a model is missing, or the detector does not know a class that is asked for.
        """
        chosen = self._choose(settings)
        return settings_json(
            settings,
            chosen.detector.identity,
            reid_sha256=chosen.describer.weights_sha256,
            attributes=None if chosen.attributes is None else chosen.attributes.identity,
        )

    def fault(self, settings: AnalyzeSettings) -> UsageError | None:
        """Return why a model is missing or cannot do what is asked of it; None where all is well."""
        try:
            self._choose(settings)
        except UsageError as error:
            return error
        return None

    def fallback(self, settings: AnalyzeSettings) -> str | None:
        """Return why the detector replaces a better one; None where it does not.

        Raises:
            UsageError: a model is missing, or the detector does not know a class that is asked for.
        """
        return self._choose(settings).detector.fallback

    def load(self, settings: AnalyzeSettings, say: Say) -> LoadedModels:
        """Return the models ready for use, loaded on the first call.

        Args:
            settings: settings of an analysis.
            say: receiver of lines of text for the user, also later, when a model is fitted to footage.

        Raises:
            UsageError: a model is missing or cannot be loaded, or the detector does not know a class.
        """
        key = settings.model_dump_json()
        if key in self._faults:
            raise UsageError(self._faults[key])
        if key not in self._loaded:
            try:
                self._loaded[key] = self._load(self._choose(settings), say)
            except UsageError as error:
                self._faults[key] = str(error)
                raise
        return self._loaded[key]

    def _load(self, chosen: ChosenModels, say: Say) -> LoadedModels:
        describer = chosen.describer.load()
        attributes = None
        if chosen.attributes is not None:
            attributes = chosen.attributes.load()
            self._open.callback(attributes.close)
        detector = chosen.detector.load(say)
        self._open.callback(detector.close)
        return LoadedModels(detector, describer, attributes)

    def _choose(self, settings: AnalyzeSettings) -> ChosenModels:
        key = settings.model_dump_json()
        if key not in self._chosen:
            describer, attributes = choose_describer(settings), None
            if settings.attributes is not None:
                attributes = choose_attributes(settings.attributes, device=settings.yolo.device)
            self._chosen[key] = ChosenModels(choose_detector(settings), describer, attributes)
        return self._chosen[key]
