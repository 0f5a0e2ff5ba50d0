"""What there is to do: which camera each file is of, how to analyse it, and when it was recorded."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart, said_start
from heatcli.analysis.file_times import named_start, pattern_start
from heatcli.analysis.options import Options
from heatcli.clock import time_zone
from heatcli.config.models import Config
from heatcli.config.settings import AnalyzeSettings, MotionSettings, YoloSettings, settings_from
from heatcli.config.time_pattern import TimePattern, time_pattern
from heatcli.detect.base import DetectorIdentity
from heatcli.errors import ConfigError, UsageError
from heatcli.names import AUTO_REID

# Raise it when a change of the code changes what is stored for the same clip and settings.
ALGORITHM = 8
COLOR_ATTRIBUTES = "color"
"""Value of `attributes` for the names of colours; any other is the file of a model."""


@dataclass(frozen=True, slots=True)
class Job:
    """One clip and how to analyse it.

    Attributes:
        start: time of the first frame as the user states it; None if the user does not.
        pattern: pattern that finds the time in the camera's paths; None if none is configured.
        zone: time zone of the camera.
        zone_said: whether the user chose this time zone; otherwise it is only the default.
        since: first day from which changed settings hold; None for all days.
        kept_for: time for which it is kept what clips show, `[privacy]`; None for ever.
    """

    path: Path
    camera: str
    start: ClipStart | None
    pattern: TimePattern | None
    zone: ZoneInfo
    zone_said: bool
    since: date | None
    settings: AnalyzeSettings
    kept_for: timedelta | None = None

    def known_start(self) -> ClipStart | None:
        """Return when the clip was recorded according to the user or its path; None if neither says.

        Raises:
            InputError: the path does not say clearly when the clip was recorded.
        """
        if self.start is not None:
            return self.start
        if self.pattern is not None:
            return pattern_start(self.path, self.pattern, self.zone)
        return named_start(self.path, self.zone)


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do.

    Attributes:
        jobs: clips with how to analyse them.
        unclaimed: reason for each clip that is of no camera, or of several.
    """

    jobs: list[Job]
    unclaimed: dict[Path, str]


def plan(clips: list[Path], config: Config, options: Options) -> Plan:
    """Find out which camera each clip is of, and how to analyse it.

    Raises:
        UsageError: an option is invalid, or one start is given for several clips.
    """
    jobs: list[Job] = []
    unclaimed: dict[Path, str] = {}
    for clip in clips:
        try:
            camera = options.camera or _camera_of(clip, config)
        except ConfigError as error:
            unclaimed[clip] = str(error)
        else:
            jobs.append(job_of(clip, camera, config, options))
    cameras = [job.camera for job in jobs if job.start is not None]
    for camera in cameras:
        if cameras.count(camera) > 1:
            raise UsageError(
                f"camera {camera!r}: one start for {cameras.count(camera)} clips cannot be right; "
                "give them one at a time"
            )
    return Plan(jobs, unclaimed)


def _camera_of(clip: Path, config: Config) -> str:
    """Find the camera of a clip: the one that claims it or, where no cameras are configured, its own name.

    Raises:
        ConfigError: the configuration names cameras, and none of them or several claim the clip.
    """
    camera = config.camera_of(clip)
    if camera is not None:
        return camera
    if config.cameras and (clip.stem not in config.cameras or config.cameras[clip.stem].sources):
        raise ConfigError(
            f"{clip}: no camera of the configuration claims it; correct `sources`, or name its camera with "
            "--camera"
        )
    return clip.stem


def job_of(clip: Path, camera: str, config: Config, options: Options) -> Job:
    """Find out how to analyse a clip of a camera.

    Raises:
        UsageError: an option is invalid.
    """
    configured = config.camera(camera)
    timezone = options.timezone or configured.timezone
    zone = time_zone(timezone or config.timezone)
    zone_said = timezone is not None or "timezone" in config.model_fields_set
    start = said_start(option=options.start, configured=configured.start, zone=zone)
    pattern = None if configured.time_pattern is None else time_pattern(configured.time_pattern)
    attributes = configured.attributes
    if attributes != COLOR_ATTRIBUTES:
        attributes = config.path(attributes)
    reid_weights = configured.reid_weights
    if reid_weights != AUTO_REID:
        reid_weights = config.path(reid_weights)
    said = partial(_said, options, config, camera)
    settings = settings_from(
        AnalyzeSettings,
        detector=said("detector"),
        sample_fps=said("sample_fps"),
        fps=configured.fps if options.fps is None else options.fps,
        objects_to_track=said("objects_to_track"),
        confidence=configured.confidence if options.confidence is None else options.confidence,
        masks=sorted(configured.masks.values()),
        attributes=attributes if options.attributes is None else options.attributes,
        reid_weights=options.reid_weights or reid_weights,
        reid_input=configured.reid_input,
        yolo=settings_from(
            YoloSettings,
            weights=options.weights or config.path(configured.weights),
            device=said("device"),
        ),
        motion=settings_from(
            MotionSettings, **configured.model_dump(include=set(MotionSettings.model_fields))
        ),
    )
    kept_for = None if config.said_privacy is None else config.said_privacy.tracks
    return Job(clip, camera, start, pattern, zone, zone_said, said("since"), settings, kept_for)


def assumed_zone_warning(job: Job) -> str | None:
    """Return a warning that local times are read in a time zone that the user did not name; None if not so.

    Raises:
        InputError: the path does not say clearly when the clip was recorded.
    """
    start = job.known_start()
    if start is None or not start.local or job.zone_said:
        return None
    return (
        f"no time zone is named: local times are taken as {job.zone.key}; name it with --timezone, or as "
        "`timezone` in heatcli.toml"
    )


def _said(options: Options, config: Config, camera: str, name: str) -> Any:
    """Return what was said of the analysis of a camera: as an option, or else in the configuration."""
    own = getattr(options, name)
    return config.said_of_analysis(camera, name) if own is None else own


def settings_json(
    settings: AnalyzeSettings,
    identity: DetectorIdentity,
    *,
    reid_sha256: str | None,
    attributes: Mapping[str, object] | None,
) -> str:
    """Return all that decides what is found in a clip, as JSON with sorted keys.

    Only settings that bear on the resolved detector are in it. The model's path and the device are not: they
    do not change what is found.

    Args:
        settings: settings of the analysis.
        identity: name and weights of the resolved detector.
        reid_sha256: hash of the re-identification model; None where there is none.
        attributes: identity of the attribute model; None where there is none.
    """
    own: Mapping[str, object] = (
        settings.motion.model_dump()
        if identity.detector == "motion"
        else {"weights_sha256": identity.weights_sha256}
    )
    reid = {} if reid_sha256 is None else {"reid_weights_sha256": reid_sha256}
    if reid and settings.reid_input is not None:
        reid["reid_input"] = settings.reid_input
    return json.dumps(
        {
            **({} if attributes is None else {"attributes": attributes}),
            **({} if settings.fps is None else {"fps": settings.fps}),
            "algorithm": ALGORITHM,
            "confidence": settings.confidence,
            "detector": identity.detector,
            identity.detector: own,
            "masks": settings.masks,
            "objects_to_track": settings.objects_to_track,
            "sample_fps": settings.sample_fps,
            "track": settings.track.model_dump(),
            **reid,
        },
        sort_keys=True,
    )


def settings_hash(settings: str) -> str:
    """Return a short hash of settings, by which the same settings are recognised."""
    return hashlib.sha256(settings.encode()).hexdigest()[:16]
