"""How clips are analysed and maps are drawn, as typed and frozen models: the one home of defaults.

Units are in the names. The hash of a model's values decides whether a clip was analysed with the same
settings (`heatcli.store`).
"""

import re
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from heatcli.config.bounds import (
    CONFIDENCE,
    FRACTION,
    GRID_RESOLUTION,
    MOMENTS,
    PART,
    RAW_FPS,
    REACH,
    SCALE_END,
    SMOOTHING,
)
from heatcli.config.options import SampleFps, sample_fps_of
from heatcli.config.palettes import check_color_map
from heatcli.errors import UsageError
from heatcli.names import AccumulationMode, ColorMap, DetectorChoice, Metric, Normalization, ReidInput


class Settings(BaseModel):
    """Base of all settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def checked(check: Callable[[str], object]) -> AfterValidator:
    """Refuse text that a function cannot read, and give the function's reason."""

    def validate(text: str) -> str:
        try:
            check(text)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return text

    return AfterValidator(validate)


def _sample_fps(value: object) -> object:
    """Read how many frames per second are processed, as on the command line."""
    try:
        return sample_fps_of(str(value))
    except UsageError as error:
        raise ValueError(str(error)) from error


ReadSampleFps = Annotated[
    SampleFps, BeforeValidator(_sample_fps, json_schema_input_type=float | Literal["auto"])
]


def _in_list(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else (value,)


IN_LIST = BeforeValidator(_in_list, json_schema_input_type=str | tuple[str, ...])
"""Makes a list of a single text."""


def _part_of_level(value: object) -> object:
    """Turn the level of a recorder, such as `5/10`, into a fraction of the highest one."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", value.strip())
    if found is None or not 0 < int(found[2]) >= int(found[1]):
        raise ValueError("is neither a number nor a level such as 5/10")
    return int(found[1]) / int(found[2])


def _scale_of_level(value: object) -> object:
    """Turn the level of a recorder into a number from 0 to 100."""
    part = _part_of_level(value)
    return round(100 * part) if isinstance(value, str) and isinstance(part, float) else part


Scale = Annotated[
    int, BeforeValidator(_scale_of_level, json_schema_input_type=int | str), Field(ge=0, le=100)
]
FrameHeightPart = Annotated[
    float, BeforeValidator(_part_of_level, json_schema_input_type=float | str), Field(**PART.limits)
]
"""Fraction of the frame's height: a number, or the level of a recorder."""


class MotionSettings(Settings):
    """Background subtraction, in the 0..100 scales that recorders use; 50 is the default of each."""

    sensitivity: Scale = 50
    """The higher, the less a pixel must differ from the background to count. 0 sees only strong contrast."""
    background_update_rate: Scale = 50
    """The higher, the sooner a thing that came to rest becomes background: with 0 not within a day, with 100
    within seconds."""
    scene_change_level: Scale = 50
    """The higher, the less of the picture must change at once to be taken for a change of light and not for
    people. 0 takes nearly everything for people; for 100, a small part of the frame is a change of light."""
    min_target_size: Scale = 50
    """The higher, the larger an object must be, compared with the size that a person would have at that
    place. 0 keeps everything, 100 keeps only what is as large as an average person."""


class YoloSettings(Settings):
    """A detection model that ultralytics loads."""

    weights: str | None = None
    """Model file or folder; None for the variable HEATCLI_WEIGHTS or, if it is not set, the default model."""
    device: str | None = None
    """Device as ultralytics and torch name it: `cpu`, `0`, `cuda:1`; None lets ultralytics choose."""


class TrackSettings(Settings):
    """Online association. A length is the longer side of a box: the height of a person who stands."""

    speed_lengths_per_s: float = Field(0.6, gt=0)
    """Standard deviation of each component of an object's velocity, in its own lengths per second. People
    walk at 0.8 body heights per second (1.4 m/s) in any direction: 0.8 / sqrt(2) each."""
    max_gap_s: float = Field(0.5, gt=0)
    """Longest time that an object is followed without being seen. An object that comes up later begins a new
    tracklet, and the whole clip decides who it is. A detector misses people for a few frames at a time; in
    the time of one step, somebody else may take a walker's place."""
    min_seen_s: float = Field(0.5, ge=0)
    """Least time from the first to the last sighting of an object that is stored: the time of one step.
    Reflections and other blips are shorter."""


class AnalyzeSettings(Settings):
    """Everything that decides what `analyze` finds in a clip."""

    detector: DetectorChoice = DetectorChoice.AUTO
    sample_fps: ReadSampleFps = "auto"
    """Frames processed per second of media time; 0 for every frame, `auto` for as few as the scene needs."""
    fps: float | None = Field(None, **RAW_FPS.limits)
    """Frames per second of raw streams; None for what the stream itself, its recorder or its name says."""
    objects_to_track: tuple[str, ...] = ("person",)
    """Names of classes that the detector knows; empty for all that it knows."""
    confidence: float = Field(0.25, **CONFIDENCE.limits)
    """Least confidence of a detection that may begin a tracklet, for either detector."""
    attributes: str | None = None
    """`color`, or a classification model's file or folder; None for no attributes."""
    masks: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Corners of polygons, in fractions of the frame, that are black before anything looks at a frame."""
    reid_weights: str | None = None
    """File or folder of a re-identification model, which compares how people look; `auto` for one that is
    fetched, None for colours."""
    reid_input: ReidInput | None = None
    """Colours that this model takes; None for what its file says, else those of `ReidInput.IMAGENET`."""
    yolo: YoloSettings = YoloSettings()
    motion: MotionSettings = MotionSettings()
    track: TrackSettings = TrackSettings()


DEFAULT_GRID_RESOLUTION = 160
"""Columns of the default grid; `smoothing` is measured in cells of it where there is no reach."""


class MapLook(Settings):
    """How a map looks, whatever it shows."""

    grid_resolution: int = Field(DEFAULT_GRID_RESOLUTION, **GRID_RESOLUTION.limits)
    """Cells across the frame."""
    reach: float = Field(0.05, **FRACTION.limits)
    """Radius of the circle around each place of a picture in which people count for it, as a fraction of the
    frame's width; 0 to count in the cells themselves."""
    reach_m: float = Field(0.5, **REACH.limits)
    """The same on a floor plan, in metres: as far as an arm reaches."""
    smoothing: int = Field(24, **SMOOTHING.limits)
    """Size of the Gaussian, 0 for none; see `heatcli.heat.smoothing`."""
    normalization: Normalization = Normalization.RELATIVE
    max_value: float | None = Field(None, **SCALE_END.limits)
    """End of an absolute scale, in the metric's unit."""
    min_display_threshold: float = Field(0.05, **FRACTION.limits)
    """Fraction of the scale below which nothing is drawn."""
    opacity: float = Field(0.5, **FRACTION.limits)
    color_map: Annotated[str, checked(check_color_map)] = ColorMap.TURBO
    """A `ColorMap`, or the name of a palette of Matplotlib's."""
    display_legend: bool = True


class RenderSettings(MapLook):
    """What a heat map shows and how it is drawn."""

    metric: Metric = Metric.DWELL_TIME
    accumulation_mode: AccumulationMode = AccumulationMode.CUMULATIVE
    window_seconds: float = Field(60.0, **MOMENTS.limits)
    """Half-life in decaying mode: what is older by this much weighs half as much."""

    @model_validator(mode="after")
    def _options_agree(self) -> "RenderSettings":
        absolute = self.normalization is Normalization.ABSOLUTE
        if absolute and self.max_value is None:
            raise ValueError("--normalization absolute needs --max-value, the value at the end of the scale")
        if self.max_value is not None and not absolute:
            raise ValueError("--max-value is the end of an absolute scale; add --normalization absolute")
        fades = self.accumulation_mode is AccumulationMode.DECAYING
        if "window_seconds" in self.model_fields_set and not fades:
            raise ValueError("--window-seconds is how fast heat decays; add --accumulation-mode decaying")
        return self

    def over(self, *layers: MapLook, scaled: bool = True) -> "RenderSettings":
        """Return these settings, with what was not said in them taken from layers, the last one first.

        Args:
            layers: looks of maps, each of which wins over those before it.
            scaled: whether layers may say where the scale ends, which is in the unit of one metric.

        Raises:
            UsageError: a scale has an end, but nothing says that it is absolute, or the other way round.
        """
        said: dict[str, object] = {}
        for layer in (*layers, self):
            of_scale = set() if scaled or layer is self else {"normalization", "max_value"}
            own = layer.model_dump(exclude_unset=True, exclude=of_scale)
            if own.get("normalization") == Normalization.RELATIVE:
                said.pop("max_value", None)
            said |= own
        return settings_from(RenderSettings, **said)


SettingsT = TypeVar("SettingsT", bound=Settings)


def settings_from(model: type[SettingsT], **said: object) -> SettingsT:
    """Make settings of what was said on the command line; None leaves a setting at its default.

    Raises:
        UsageError: wrong value; the message names the option.
    """
    try:
        return model.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        mistake = error.errors()[0]
        what = mistake["msg"].removeprefix("Value error, ")
        if not mistake["loc"]:
            raise UsageError(what) from error
        option = str(mistake["loc"][-1]).replace("_", "-")
        raise UsageError(f"--{option} {mistake['input']}: {what}") from error
