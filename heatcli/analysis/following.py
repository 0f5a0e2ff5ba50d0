"""People followed through a clip, frame by frame; what was found in finished pieces of it is kept."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.kept_pieces import KeptPieces
from heatcli.analysis.looks import Looks, looks_in
from heatcli.analysis.models import LoadedModels
from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detections
from heatcli.store.pieces import Arrays
from heatcli.track.alive.samples import SceneSamples
from heatcli.track.appearance.appearance import Appearance, appearance_of
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.online.doubt import by_way_of
from heatcli.track.online.online import OnlineTracker
from heatcli.video.frame import Frame, Picture, VideoInfo, Window
from heatcli.video.plate import PlateBuilder
from heatcli.video.timeline import Timeline

# First parts of the names that arrays of a piece have, by what they are of.
_LOOKS, _SIGHTINGS, _SCENE, _PLATE, _TIMELINE = "looks", "sightings", "scene", "plate", "timeline"


class Following:
    """All that was seen in a clip so far.

    Attributes:
        tracker: online tracker that holds the tracklets.
        sightings: evidence for the attributes of trajectories; None where none were asked for.
        scene: small pictures of the scene.
        plate: frames for the picture of the empty scene.
    """

    def __init__(
        self,
        settings: AnalyzeSettings,
        models: LoadedModels,
        info: VideoInfo,
        timeline: Timeline,
        *,
        idle_us: int,
        notes: bool,
    ) -> None:
        """Start a clip.

        Args:
            settings: settings of the analysis.
            models: detector, appearance model and attribute model.
            info: metadata from the clip's container.
            timeline: timeline of the clip, which is told of the frames that are processed.
            idle_us: longest idle step of the clip in µs, which is no gap.
            notes: whether the clip has pieces, so that what is found is noted to be kept.
        """
        attributes = models.attributes
        self._detector, self._describer = models.detector, models.describer
        self._info, self._timeline = info, timeline
        self.tracker = OnlineTracker(settings.track, confidence=settings.confidence, idle_us=idle_us)
        self.sightings = None if attributes is None else Sightings(attributes, models.detector.classes)
        self.scene, self.plate = SceneSamples(), PlateBuilder()
        # Indices of the frames of a window in which people were followed.
        self._followed: set[int] = set()
        self._looks = Looks() if notes else None
        # Sightings, small pictures, frames that the plate was shown and processed frames before the piece;
        # frames passed over in it.
        self._first_sighting = self._first_picture = self._first_frame = 0
        self._first_processed = self._passed_over = 0

    def advance(self, between: Sequence[Picture], frame: Frame, found: Detections) -> None:
        """Go on to a frame with detections, by way of as many of the pictures before it as are needed."""
        decoded = [picture for picture in between if picture.image is not None]
        for seen in by_way_of(decoded, (frame, found), self._look, self._leaves_open):
            self._take(*seen)

    def pass_over(self, picture: Picture, found: Detections) -> None:
        """Take in a picture that shows nothing new: everybody is still where they were found last."""
        if picture.image is not None:
            self._timeline.add_passed_over()
            self._passed_over += 1
        self._track(picture.index, picture.pts_us, found, None)

    def note(self, window: Window) -> None:
        """Note that everybody is known in all frames of a window, also in those between the ones taken in."""
        for picture in (*window.between, window.picture):
            followed = picture.index in self._followed
            self._timeline.add_processed(picture.index, picture.pts_us, followed=followed)
        self._followed.clear()

    def _look(self, picture: Picture) -> tuple[Frame, Detections]:
        frame = picture.frame()
        (found,) = self._detector.detect([frame])
        return frame, found

    def _leaves_open(self, seen: tuple[Frame, Detections]) -> bool:
        frame, found = seen
        return self.tracker.leaves_open(frame.pts_us, found)

    def _take(self, frame: Frame, found: Detections) -> None:
        """Take in a frame, later than all before."""
        appearance = appearance_of(self._describer, frame.image, found.boxes)
        self._track(frame.index, frame.pts_us, found, appearance)
        if self.sightings is not None:
            self.sightings.add(frame, found, appearance.clear)
        self.scene.add(frame, found.boxes)
        self.plate.add(frame, found.boxes)

    def _track(self, index: int, pts_us: int, found: Detections, appearance: Appearance | None) -> None:
        """Let the tracker take in a frame; without appearance, it was not looked at."""
        self._followed.add(index)
        if appearance is not None:
            self._timeline.add_looked_at()
        if self._looks is not None:
            appearance = self._looks.note(index, pts_us, found, appearance)
        self.tracker.update(index, pts_us, found, appearance)

    def end_piece(self, number: int) -> dict[str, NDArray[Any]]:
        """End a piece of the clip, and return all that was found in it, for `resume`."""
        assert self._looks is not None, "the clip has pieces"
        parts: dict[str, Arrays] = {
            _LOOKS: self._looks.arrays(),
            _SIGHTINGS: {} if self.sightings is None else self.sightings.part(self._first_sighting),
            _SCENE: self.scene.part(self._first_picture),
            _PLATE: self.plate.part(self._first_frame),
            _TIMELINE: {
                **self._timeline.piece(number, self._first_processed),
                "passed_over": np.array(self._passed_over),
            },
        }
        self._begin_piece()
        return {f"{of}.{name}": array for of, arrays in parts.items() for name, array in arrays.items()}

    def resume(self, kept: KeptPieces, last: int, advance: Callable[[int], None]) -> int:
        """Take what an earlier run has found in its finished pieces, as if it was found now.

        Args:
            kept: pieces that are kept.
            last: number of the last piece, which is never kept.
            advance: function that is told how many frames a piece had.

        Returns:
            Number of the first piece that is still to be analysed.

        Raises:
            ValueError: a piece does not fit to this analysis.
        """
        number = 0
        while number < last and (arrays := kept.read(number)) is not None:
            try:
                self._take_piece(arrays)
            except (KeyError, IndexError) as error:
                raise ValueError(f"piece {number} lacks {error}") from error
            advance(len(arrays[f"{_LOOKS}.index"]))
            number += 1
        if last:
            self._begin_piece()
        return number

    def _take_piece(self, arrays: Arrays) -> None:
        self._looks = None
        for look in looks_in(_of(_LOOKS, arrays), width=self._info.width, height=self._info.height):
            self._track(*look)
        self._followed.clear()
        self.scene.add_part(_of(_SCENE, arrays))
        self.plate.add_part(_of(_PLATE, arrays))
        times = _of(_TIMELINE, arrays)
        self._timeline.add_piece(times)
        self._timeline.frames_passed_over += int(times["passed_over"])
        if self.sightings is not None:
            self.sightings.extend(_of(_SIGHTINGS, arrays))

    def _begin_piece(self) -> None:
        self._looks = Looks()
        self._first_sighting = 0 if self.sightings is None else len(self.sightings)
        self._first_picture, self._first_frame, self._passed_over = self.scene.taken, self.plate.seen, 0
        self._first_processed = self._timeline.frames_processed


def _of(part: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with a part and a dot."""
    return {
        name.removeprefix(f"{part}."): array for name, array in arrays.items() if name.startswith(f"{part}.")
    }
