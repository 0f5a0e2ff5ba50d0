"""Every setting, as typed and frozen models: the one home of defaults.

Units are in the names. A hash of a model's values is what decides whether a clip was analysed with the same
settings (`heatcli.store`).
"""

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Base of all settings: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MotionSettings(Settings):
    """Background subtraction, in the 0..100 scales that recorders use; 50 is the default of each."""

    sensitivity: int = Field(50, ge=0, le=100)
    """How little a pixel must differ from the background to count: 0 sees only strong contrast."""
    background_update_rate: int = Field(50, ge=0, le=100)
    """How soon a thing that came to rest becomes background: 0 never within a day, 100 within seconds."""
    scene_change_level: int = Field(50, ge=0, le=100)
    """How much of the picture must change at once to be taken for a change of light, not for people: 0 takes
    nearly everything for people, 100 a small part of the frame for a change of light."""
    min_target_size: int = Field(50, ge=0, le=100)
    """How small an object may be, against the size a person is expected to have at that place: 0 keeps
    everything, 100 only what is as large as an average person."""


class YoloSettings(Settings):
    """A detection model that ultralytics loads."""

    weights: str | None = None
    """Model file or folder; None: HEATCLI_WEIGHTS, then the default model."""
    confidence: float = Field(0.25, gt=0, lt=1)
    """Least confidence of a detection that may found a tracklet on its own."""
    device: str | None = None
    """As ultralytics and torch name it: `cpu`, `0`, `cuda:1`; None lets ultralytics choose."""


class TrackSettings(Settings):
    """Online association, in seconds and body heights; see `heatcli.track.online` for their reasons."""
