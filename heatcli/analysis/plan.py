"""What there is to do: which camera each file is of, how to analyse it, and when it was recorded."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart, said_start
from heatcli.analysis.file_times import named_start, pattern_start
from heatcli.analysis.options import Options
from heatcli.clock import time_zone
from heatcli.config.models import Config
from heatcli.config.settings import AnalyzeSettings, MotionSettings, YoloSettings, settings_from
from heatcli.config.time_pattern import TimePattern, time_pattern
from heatcli.detect.base import DetectorIdentity
from heatcli.errors import UsageError

# Raise it when a change of the code changes what is stored for the same clip and settings.
ALGORITHM = 5
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
    """

    path: Path
    camera: str
    start: ClipStart | None
    pattern: TimePattern | None
    zone: ZoneInfo
    zone_said: bool
    settings: AnalyzeSettings

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


def plan(clips: list[Path], config: Config, options: Options) -> list[Job]:
    """Find out which camera each clip is of, and how to analyse it.

    Raises:
        UsageError: an option is invalid, or one start is given for several clips.
    """
    jobs = [_job(clip, config, options) for clip in clips]
    cameras = [job.camera for job in jobs if job.start is not None]
    for camera in cameras:
        if cameras.count(camera) > 1:
            raise UsageError(
                f"camera {camera!r}: one start for {cameras.count(camera)} clips cannot be right; "
                "give them one at a time"
            )
    return jobs


def _job(clip: Path, config: Config, options: Options) -> Job:
    camera = options.camera
    if camera is None:
        camera = config.camera_of(clip) or clip.stem
    configured = config.camera(camera)
    said = options.timezone or configured.timezone
    zone = time_zone(said or config.timezone)
    zone_said = said is not None or "timezone" in config.model_fields_set
    start = said_start(option=options.start, configured=configured.start, zone=zone)
    pattern = None if configured.time_pattern is None else time_pattern(configured.time_pattern)
    attributes = configured.attributes
    if attributes != COLOR_ATTRIBUTES:
        attributes = config.path(attributes)
    settings = settings_from(
        AnalyzeSettings,
        detector=options.detector or configured.detector,
        sample_fps=options.sample_fps,
        fps=configured.fps if options.fps is None else options.fps,
        objects_to_track=options.objects_to_track,
        confidence=configured.confidence if options.confidence is None else options.confidence,
        masks=sorted(configured.masks.values()),
        attributes=attributes if options.attributes is None else options.attributes,
        reid_weights=options.reid_weights or config.path(configured.reid_weights),
        yolo=settings_from(
            YoloSettings,
            weights=options.weights or config.path(configured.weights),
            device=options.device,
        ),
        motion=settings_from(
            MotionSettings, **configured.model_dump(include=set(MotionSettings.model_fields))
        ),
    )
    return Job(clip, camera, start, pattern, zone, zone_said, settings)


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
