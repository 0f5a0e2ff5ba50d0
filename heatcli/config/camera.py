"""What `heatcli.toml` says of one camera."""

import math
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from heatcli.clock import time_zone
from heatcli.config.analysis_keys import AnalysisKeys
from heatcli.config.bounds import CONFIDENCE, LONGEST_STAY, RAW_FPS, SECONDS
from heatcli.config.mistakes import FieldError
from heatcli.config.places import Corners, FloorConfig, FunnelConfig, ZoneConfig, check_named
from heatcli.config.schedule import Schedule
from heatcli.config.settings import IN_LIST, FrameHeightPart, MapLook, MotionSettings, checked
from heatcli.config.time_pattern import time_pattern
from heatcli.errors import did_you_mean
from heatcli.names import ReidInput, TrackingMode, Viewpoint

TimezoneName = Annotated[str, checked(time_zone)]
TimePatternText = Annotated[str, checked(time_pattern)]
ScheduleEntry = Annotated[str, checked(lambda entry: Schedule.parse([entry]))]


class CameraConfig(AnalysisKeys, MotionSettings):
    """One camera: which clips are its own, how to analyse them, and what its picture shows."""

    sources: tuple[str, ...] = ()
    """Globs of its clips, relative to the configuration file."""
    location: str | None = None
    labels: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    """IANA name; None for the `timezone` of the whole file."""
    start: datetime | None = None
    """Start of its only clip, in local time; for a camera with one clip."""
    time_pattern: TimePatternText | None = None
    """Pattern of the time in the names of its files (`heatcli.config.time_pattern`)."""
    fps: float | None = Field(None, **RAW_FPS.limits)
    """Frames per second of its files if they are raw streams, without time stamps; None if they say so."""
    viewpoint: Viewpoint = Viewpoint.SIDE
    weights: str | None = None
    """Model file or folder, relative to the configuration file."""
    reid_weights: str | None = None
    """Re-identification model, file or folder, relative to the configuration file; `auto` for one that is
    fetched."""
    reid_input: ReidInput | None = None
    """Colours that this model takes, where its file does not say."""
    confidence: float | None = Field(None, **CONFIDENCE.limits)
    attributes: str | None = None
    """`color`, or a classification model's file or folder, relative to the configuration file."""
    masks: dict[str, Corners] = Field(default_factory=dict)
    """Parts of the picture that are black before anything looks at a frame, by name."""
    regions: dict[str, Corners] = Field(default_factory=dict)
    """Named parts of the picture, for `--roi` and as zones."""
    area: Annotated[tuple[str, ...], IN_LIST] = ()
    """Names of the zones and regions outside of which nothing counts: the camera's detection area; none: the
    whole frame."""
    zones: dict[str, ZoneConfig] = Field(default_factory=dict)
    funnels: dict[str, FunnelConfig] = Field(default_factory=dict)
    """Funnels of zones, by name, for reports."""
    staff_zones: tuple[str, ...] = ()
    """Names of the zones and regions in which only staff begin and end."""
    schedule: tuple[ScheduleEntry, ...] = ()
    """Opening hours, `heatcli.config.schedule`; none: always."""
    min_size: FrameHeightPart | None = None
    """Least height of a person's box, as a fraction of the frame's height."""
    min_dwell_s: float | None = Field(None, **SECONDS.limits)
    """Least time present: people who are present for less do not count."""
    max_dwell_s: float | None = Field(None, **LONGEST_STAY.limits)
    """Most time present: people who are present for longer do not count."""
    floor: FloorConfig | None = None
    maps: MapLook = MapLook()
    """Look of its maps, where it differs from that of the file."""

    @property
    def tracking_mode(self) -> TrackingMode:
        """Point of a box that stands for a person; it follows from the viewpoint."""
        return TrackingMode.CENTROID if self.viewpoint is Viewpoint.TOP else TrackingMode.BOTTOM_CENTER

    @model_validator(mode="after")
    def _names_and_limits_agree(self) -> Self:
        for name in self.regions:
            if name in self.zones:
                what = f"{name!r} names a zone and a region; give one of them another name"
                raise FieldError(("regions", name), what)
        areas = {**self.zones, **self.regions}
        for key, names in {"staff_zones": self.staff_zones, "area": self.area}.items():
            for number, name in enumerate(names):
                if name not in areas:
                    what = f"no zone is called {name!r}{did_you_mean(name, areas)}"
                    raise FieldError((key, number), what)
        shapes = {name for name, zone in self.zones.items() if zone.line is None}
        for name, zone in self.zones.items():
            if isinstance(zone.service, str):
                check_named(("zones", name, "service"), zone.service, {*shapes, *self.regions} - {name})
            if zone.passing is not None:
                check_named(("zones", name, "passing"), zone.passing, shapes - {name})
        for name, funnel in self.funnels.items():
            for number, step in enumerate(funnel.steps):
                check_named(("funnels", name, "steps", number), step, shapes)
        for number, name in enumerate(self.area):
            if name in self.zones and self.zones[name].line is not None:
                raise FieldError(
                    ("area", number), f"{name!r} is a line; name a circle, a polygon or a region"
                )
        if (self.min_dwell_s or 0.0) > (math.inf if self.max_dwell_s is None else self.max_dwell_s):
            raise FieldError(("min_dwell_s",), "is more than max_dwell_s, so nobody would count")
        return self
