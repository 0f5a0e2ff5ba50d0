"""Sums of days, which stay when the rows that they are of have gone.

A file for each camera and local day, `days/camera=<camera>/<day>-<number>.jsonl`: a line with the SHA-256 of
the next line, and that. Where clips of the day came later, their sums are in a file of their own. Nobody is
in them: no person, no trajectory, and no time finer than an hour.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from heatcli.clock import epoch_us
from heatcli.errors import StoreError
from heatcli.files import replacing, sync_folder
from heatcli.shapes import Line, Shape
from heatcli.store.erasures import Erasure, read_erasures
from heatcli.store.faults import store_errors

_FOLDER = "days"
# Before the name of a camera, which may be one that Windows takes for a device.
_CAMERA = "camera="
# Hexadecimal digits of the hash by which a clip is known.
_MARK_LENGTH = 16

Table = tuple[tuple[int, ...], ...]
"""Whole numbers in rows of one length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDay:
    """The sums of clips of one camera on one of its local days, as a report of that day tells them.

    The whole frame is the first of the places, and the zones follow. Times are in µs.

    Attributes:
        camera: name of the camera.
        day: day by the clock of the camera.
        timezone: time zone of the camera, IANA name.
        width: width of the picture in stored pixels.
        height: height of the picture in stored pixels.
        sample_aspect: width of a pixel divided by its height.
        version: version of heatcli that computed the sums.
        settings: hashes of the settings that the clips were analysed with.
        clips: marks of the clips (`clip_mark`).
        erasures: number of times and places of this camera and day that had been erased on request.
        over_midnight: number of people who were there on another day too, or in clips that are not among
            these: nobody else is counted by another day as well.
        hours: names of the day's hours, as reports name them.
        covered_us: covered time in each hour.
        zones: name and shape of each zone.
        present_us: time of all people at each place (rows) in each hour (columns).
        occupied_us: time with somebody at each place in each hour.
        most: most people at once at each place in each hour.
        visitors: distinct people at each place, over the day and then in each hour.
        stays: stays that begin at each place in each hour, by class of length
            (`heatcli.zones.stays.STAY_EDGES_S`).
        lines: name of each line, and where it is.
        crossings: for each line, crossings to its right and who made them, then crossings to its left and who
            made them.
        ways: for each way from zone to zone that anybody took, index of the zones, times, people as the page
            tells them, and distinct people.
        cells_us: time of all people in each cell of a shared map.
        cells_people: distinct people in each cell.
    """

    camera: str
    day: date
    timezone: str
    width: int
    height: int
    sample_aspect: float
    version: str
    settings: tuple[str, ...]
    clips: tuple[str, ...]
    erasures: int
    over_midnight: int
    hours: tuple[str, ...]
    covered_us: tuple[int, ...]
    zones: tuple[tuple[str, Shape], ...]
    present_us: Table
    occupied_us: Table
    most: Table
    visitors: Table
    stays: tuple[Table, ...]
    lines: tuple[tuple[str, Line], ...]
    crossings: Table
    ways: Table
    cells_us: Table
    cells_people: Table

    @property
    def bounds_us(self) -> tuple[int, int]:
        """Beginning and end of the day, UTC µs."""
        return day_bounds_us(self.day, ZoneInfo(self.timezone))

    def stands_for_rows(self, live: Collection[str]) -> bool:
        """Tell whether rows that it is of have gone, given the marks of the camera's clips in the store.

        Until then all of it can be told from rows.
        """
        return not set(self.clips).issubset(live)


_DAY = TypeAdapter(KeptDay)


def clip_mark(clip: str) -> str:
    """Return the hash by which the sums know a clip: its id may not stay when its rows go."""
    return hashlib.sha256(clip.encode()).hexdigest()[:_MARK_LENGTH]


def day_bounds_us(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return the beginning and the end of a local day, UTC µs."""
    begin, end = (
        datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1))
    )
    return epoch_us(begin), epoch_us(end)


def keep_day(store: Path, day: KeptDay) -> Path:
    """Keep the sums of a day; they are on the disk afterwards.

    Raises:
        StoreError: the store cannot be written.
    """
    folder = _folder(store, day.camera)
    text = _DAY.dump_json(day)
    line = json.dumps({"sha256": hashlib.sha256(text).hexdigest()}).encode()
    with store_errors(store):
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while (file := folder / f"{day.day}-{number}.jsonl").exists():
            number += 1
        with replacing(file) as beside:
            beside.write_bytes(line + b"\n" + text + b"\n")
        for one in (folder, folder.parent, store):
            sync_folder(one)
    return file


def cameras_with_days(store: Path) -> list[str]:
    """Return the names of the cameras of which days are kept, sorted."""
    return sorted({_camera_of(file) for file in day_files(store)})


def day_files(store: Path, camera: str | None = None) -> list[Path]:
    """List the files of the days of one camera, or of all; by camera and day."""
    # No pattern would read anything into a name that is quoted.
    folder = "*" if camera is None else _folder(store, camera).name
    return sorted(file for file in (store / _FOLDER).glob(f"{folder}/*.jsonl") if _day_of(file))


def read_day(store: Path, file: Path) -> KeptDay:
    """Read a file of sums.

    Raises:
        StoreError: the file is damaged or cannot be read.
    """
    if not is_as_written(file):
        raise StoreError(
            f"{file}: is not as it was written; bring it back from a backup; without one, remove it, and "
            "nothing tells of that day"
        )
    with store_errors(store):
        text = file.read_bytes().splitlines()[1]
    try:
        return _DAY.validate_json(text)
    except ValidationError as error:
        raise StoreError(f"{file}: was written by a newer heatcli; update heatcli") from error


def is_as_written(file: Path) -> bool:
    """Tell whether a file of sums is as it was written."""
    try:
        head, text = file.read_bytes().splitlines()
        return bool(json.loads(head)["sha256"] == hashlib.sha256(text).hexdigest())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def date_of(file: Path) -> date:
    """Return the day that a file of `day_files` is of."""
    day = _day_of(file)
    assert day is not None
    return day


def forget_files(store: Path, files: Iterable[Path]) -> int:
    """Remove files of days; return their number.

    Raises:
        StoreError: the store cannot be written.
    """
    count = 0
    with store_errors(store):
        for file in files:
            file.unlink(missing_ok=True)
            sync_folder(file.parent)
            count += 1
    return count


def erased_files(store: Path, erasures: Collection[Erasure]) -> Iterator[Path]:
    """Yield the files of days of which something was erased since: they cannot be told anew without it.

    Args:
        store: folder of the store.
        erasures: all that was ever erased on request, and what is about to be.
    """
    at = {one.camera for one in erasures}
    for file in day_files(store):
        camera = _camera_of(file)
        if camera not in at:
            continue
        if is_as_written(file):
            day = read_day(store, file)
            if meeting(erasures, camera, day.bounds_us) > day.erasures:
                yield file
        elif meeting(erasures, camera, _about(date_of(file))):
            yield file  # nothing else can be done with it, and it may have what was erased


def meeting(erasures: Iterable[Erasure], camera: str, bounds_us: tuple[int, int]) -> int:
    """Count the different erasures that have to do with a time of a camera, from and to UTC µs."""
    begin, end = bounds_us
    return len({one for one in erasures if one.is_at(camera, begin, end - begin)})


def rename_days(store: Path, camera: str, name: str) -> None:
    """Give the days of a camera to another name; killed halfway, it can be done again.

    What was erased of the camera must have been noted for the other name.

    Raises:
        StoreError: a file is damaged, or the store cannot be written.
    """
    there = {(day.day, day.clips) for day in (read_day(store, file) for file in day_files(store, name))}
    erasures = read_erasures(store)
    for file in day_files(store, camera):
        day = read_day(store, file)
        if (day.day, day.clips) not in there:
            keep_day(store, replace(day, camera=name, erasures=meeting(erasures, name, day.bounds_us)))
        forget_files(store, [file])


def _folder(store: Path, camera: str) -> Path:
    return store / _FOLDER / f"{_CAMERA}{quote(camera, safe='')}"


def _about(day: date) -> tuple[int, int]:
    """Return a time that a local day is in, wherever it is: from and to UTC µs."""
    utc = ZoneInfo("UTC")
    return day_bounds_us(day - timedelta(days=1), utc)[0], day_bounds_us(day + timedelta(days=1), utc)[1]


def _camera_of(file: Path) -> str:
    return unquote(file.parent.name.removeprefix(_CAMERA))


def _day_of(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.stem[:10])
    except ValueError:
        return None
