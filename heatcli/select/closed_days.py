"""Days of a camera that are over, whose partial results are kept under keys made of all that decides them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import epoch_us, local_time
from heatcli.intervals import Intervals
from heatcli.select.mergeable import State, counted_from_0, numbered
from heatcli.select.reader import LONGEST_DT_US
from heatcli.select.selected_camera import SelectedCamera
from heatcli.store.partials import Partials
from heatcli.version import __version__

# What the aggregators keep; whoever changes what a state means or how it is computed raises it.
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the selected time, which is read and aggregated by itself.

    Attributes:
        begin_us: time from which on rows are in it, UTC µs.
        end_us: time before which rows are in it, UTC µs.
        day: local day that it is the whole of, if that is over and the selection does not cut it; else None.
    """

    begin_us: int
    end_us: int
    day: date | None


def stretches_of(camera: SelectedCamera) -> list[Stretch]:
    """Cut the selected time of a camera at its midnights."""
    bounds = camera.covered.bounds
    if not len(bounds):
        return []
    first, last = int(bounds[0, 0]) - LONGEST_DT_US, int(bounds[-1, 1])
    zone, now = ZoneInfo(camera.timezone), datetime.now(UTC)
    begin, end = local_time(first, zone).date(), local_time(last, zone).date()
    days = [begin + timedelta(number) for number in range((end - begin).days + 2)]
    midnights = [epoch_us(datetime(day.year, day.month, day.day, tzinfo=zone)) for day in days]
    covered, period = camera.covered, camera.limits.period
    found = []
    for day, (midnight, following) in zip(days, pairwise(midnights), strict=False):
        length = np.array([following - midnight])
        is_whole = period.overlap_us(np.array([midnight]), length)[0] == length[0]
        reached = covered.overlap_us(np.array([midnight]), length + LONGEST_DT_US)[0] > 0
        if is_whole and reached and following <= epoch_us(now):
            found.append(Stretch(midnight, following, day))
        elif reached and max(first, midnight) < min(last, following):
            found.append(Stretch(max(first, midnight), min(last, following), None))
    return found


class ClosedDays:
    """The partial results of the closed days of a camera, as far as they are kept.

    Args:
        camera: camera and what is selected of it.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._camera = camera
        self._partials = Partials(camera.store, camera.name)
        known = camera.known
        self._clip = known["clip"].to_numpy()
        columns = ("track", "row_track", "person", "first_us", "last_us")
        self._columns = {name: known[name].to_numpy() for name in columns}
        covered = [clip.coverage.bounds for clip in camera.clips]
        ends = [(one[0, 0], one[-1, 1]) if len(one) else (0, 0) for one in covered]
        self._begin_us, self._end_us = np.array(ends, np.int64).reshape(-1, 2).T

    def of(self, stretch: Stretch) -> "ClosedDay":
        """Return a closed day."""
        # A row may stand for time until long after its own.
        clips = np.flatnonzero(
            (self._begin_us < stretch.end_us) & (self._end_us > stretch.begin_us - LONGEST_DT_US)
        )
        rows = np.flatnonzero(
            np.isin(self._clip, clips)
            & (self._columns["first_us"] < stretch.end_us)
            & (self._columns["last_us"] >= stretch.begin_us)
        )
        return ClosedDay(self._partials, stretch, self._digest(stretch, clips, rows), *self._who(clips, rows))

    def _who(
        self, clips: NDArray[np.intp], rows: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Sequence[str]]:
        runs = [self._camera.clips[clip].run for clip in clips.tolist()]
        return np.unique(self._columns["person"][rows]), rows.astype(np.int64), runs

    def _digest(self, stretch: Stretch, clips: NDArray[np.intp], rows: NDArray[np.intp]) -> bytes:
        """Hash all that decides which rows the day has, how much of each counts, and who is one person."""
        camera = self._camera
        digest = hashlib.sha256()
        settings = (
            *(_VERSION, __version__, camera.name, camera.timezone, camera.tracking_mode),
            *(camera.observed_only, camera.sample_aspect, camera.regions, stretch),
        )
        digest.update(repr(settings).encode())
        begin_us, end_us = stretch.begin_us, stretch.end_us + LONGEST_DT_US
        reached = Intervals.of([[begin_us, end_us]])
        is_within = (self._begin_us[clips] >= begin_us) & (self._end_us[clips] <= end_us)
        for clip, whole in zip(clips.tolist(), is_within.tolist(), strict=True):
            row, time = camera.clips[clip], camera.owned_time[clip]
            owned = (time if whole else time.intersection(reached)).bounds
            placed = camera.placements[clip : clip + 1]
            digest.update(repr((row.clip, row.run, row.width, row.height, placed, len(owned))).encode())
            digest.update(owned.tobytes())
        # Persons are told apart within the day; what they are called in the selection does not matter.
        person = np.unique(self._columns["person"][rows], return_inverse=True)[1]
        digest.update(np.searchsorted(clips, self._clip[rows]).tobytes() + person.tobytes())
        for name in ("track", "row_track", "first_us"):
            digest.update(self._columns[name][rows].tobytes())
        return digest.digest()


@dataclass(frozen=True, slots=True, eq=False)
class ClosedDay:
    """A closed day of a camera.

    Attributes:
        partials: files of the camera's partial results.
        stretch: time of the day.
        digest: hash of all that decides what its rows are.
        persons: (p,) int64 persons who were there, ascending, as in `Rows`.
        trajectories: (t,) int64 trajectories that were there, ascending: rows of `SelectedCamera.known`.
        runs: runs of the clips.
    """

    partials: Partials
    stretch: Stretch
    digest: bytes
    persons: NDArray[np.int64]
    trajectories: NDArray[np.int64]
    runs: Sequence[str]

    def key(self, aggregator: str, members: NDArray[np.bool_]) -> str:
        """Return the key of what an aggregator, by its own key, keeps of some persons."""
        text = hashlib.sha256(self.digest + members[self.persons].tobytes() + aggregator.encode())
        return text.hexdigest()

    def read(self, key: str) -> State | None:
        """Read what was kept under a key, with the numbers that persons and trajectories have now."""
        assert self.stretch.day is not None
        found = self.partials.read(self.stretch.day, key)
        return None if found is None else numbered(found, self.persons, self.trajectories)

    def write(self, key: str, state: State) -> None:
        """Keep a state, with numbers of persons and trajectories that count from 0 within the day."""
        assert self.stretch.day is not None
        try:
            kept = counted_from_0(state, self.persons, self.trajectories)
        except ValueError:
            # Rows of a trajectory at a time at which it is not said to be: the key knows nothing of it.
            return
        self.partials.write(self.stretch.day, key, kept, runs=self.runs)
