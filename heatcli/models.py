"""Models for the work on many clips: each is decided on once, loaded when it is first needed, and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from heatcli.detect.base import Detector
from heatcli.detect.registry import ChosenDetector, choose_detector
from heatcli.settings import AnalyzeSettings
from heatcli.track.appearance import Describer
from heatcli.track.describers import ChosenDescriber, choose_describer


@dataclass(frozen=True, slots=True)
class ChosenModels:
    """What a clip is analysed with, decided but not loaded."""

    detector: ChosenDetector
    describer: ChosenDescriber


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """What a clip is analysed with."""

    detector: Detector
    describer: Describer


class Models:
    """The models of all settings so far. Leaving the `with` releases them."""

    def __init__(self, *, warn: Callable[[str], None]) -> None:
        """Begin with none.

        Args:
            warn: told in one line where a model is not the one that the user would like.
        """
        self._warn = warn
        self._chosen: dict[str, ChosenModels] = {}
        self._loaded: dict[str, LoadedModels] = {}

    def __enter__(self) -> "Models":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for loaded in self._loaded.values():
            loaded.detector.close()

    def choose(self, settings: AnalyzeSettings) -> ChosenModels:
        """Decide which models to use.

        Raises:
            UsageError: a model is missing, or the detector does not find what is asked for.
        """
        key = settings.model_dump_json()
        if key not in self._chosen:
            chosen = ChosenModels(choose_detector(settings), choose_describer(settings))
            if chosen.detector.warning is not None:
                self._warn(chosen.detector.warning)
            self._chosen[key] = chosen
        return self._chosen[key]

    def load(self, settings: AnalyzeSettings) -> LoadedModels:
        """Return the models, ready for use.

        Raises:
            UsageError: as `choose`, or a model cannot be used.
        """
        key = settings.model_dump_json()
        if key not in self._loaded:
            chosen = self.choose(settings)
            describer = chosen.describer.load()
            self._loaded[key] = LoadedModels(chosen.detector.load(), describer)
        return self._loaded[key]
