"""What a number, a text or a path may be, wherever it is written: on the command line and in `heatcli.toml`.

Each bound is far beyond what anybody needs, and within what the arithmetic behind it can take. Imports
nothing heavy, for the sake of `--help`.
"""

import os
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from heatcli.errors import UsageError

NumberT = TypeVar("NumberT", int, float)

# Most bytes of a path, and of one name in it: what Linux and most file systems take.
_LONGEST_PATH, _LONGEST_PART = 4095, 255
# Most characters of a text: the corners of a polygon traced along a coast.
_LONGEST_TEXT = 20_000
# Characters of a wrong value that its error repeats.
_SHOWN = 60

_DURATION = re.compile(
    r"(?=.)(?:(?P<hours>\d{1,9}(?:\.\d{1,6})?)\s*h)?\s*(?:(?P<minutes>\d{1,9}(?:\.\d{1,6})?)\s*min)?"
    r"\s*(?:(?P<seconds>\d{1,12}(?:\.\d{1,6})?)\s*s?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The finite range of a number.

    Attributes:
        least: least number.
        most: most number.
        above: whether the least number itself is too small.
        below: whether the most number itself is too large.
    """

    least: float
    most: float
    above: bool = False
    below: bool = False

    @property
    def limits(self) -> dict[str, Any]:
        """Keywords of `pydantic.Field`. All comparisons with NaN are false, so they refuse it too."""
        return {"gt" if self.above else "ge": self.least, "lt" if self.below else "le": self.most}

    def holds(self, number: float) -> bool:
        """Whether a number is in the range; NaN is not."""
        enough = self.least < number if self.above else self.least <= number
        return enough and (number < self.most if self.below else number <= self.most)

    def read(self, text: str, kind: type[NumberT]) -> NumberT:
        """Read a number in the range, whole if its kind is.

        Raises:
            UsageError: the text is no such number.
        """
        try:
            number = kind(text)
            if self.holds(number):
                return number
        except ValueError:
            pass  # the same error
        what = "number" if kind is float else "whole number"
        raise UsageError(f"{shown(text)} is not possible; give a {what}, {self}")

    def __str__(self) -> str:
        """Return the range in words."""
        above = "more than" if self.above else "at least"
        below = "less than" if self.below else "at most"
        return f"{above} {self.least:g} and {below} {self.most:.10g}"


FRACTION = Bounds(0, 1)
PART = Bounds(0, 1, above=True)
"""A fraction of something that must be there."""
SECONDS = Bounds(0, 1e9)
"""A time of at most 30 years."""
LONGEST_STAY = Bounds(0, 1e9, above=True)
MOMENTS = Bounds(1e-3, 1e12)
"""A time in seconds that something is divided by."""
COUNT = Bounds(1, 2**31 - 1)
"""How many of something, where the store or the work behind it counts in 32 bits."""
CONFIDENCE = Bounds(0, 1, above=True, below=True)
FRAME_RATE = Bounds(1e6 / (2**31 - 1), 1e6)
"""Frames per second. A frame stands for 1 µs to 36 minutes: the store counts its µs in 32 bits."""
RAW_FPS = Bounds(0.1, 240)
"""Frames per second of a raw stream: from time lapse to slow motion."""
SAMPLE_FPS = Bounds(0, 1000)
"""Frames processed per second; 0 for every frame."""
GRID_RESOLUTION = Bounds(4, 4096)
"""Cells across the frame. The most is a cell for each pixel of a wide frame."""
REACH = Bounds(0, 1000)
"""How far around a place people count for it: metres, or widths of a picture, where 1 is the most."""
SMOOTHING = Bounds(0, 199)
LENGTH = Bounds(1e-9, 1e9)
"""A length in pixels, or in whatever unit points are in."""
SPEED = Bounds(1, 1e6)
"""Seconds of the recording shown in a second; the most shows a year in half a minute."""
PLACES = Bounds(1, 1000)
"""How many of the hottest places."""
QUESTIONS = Bounds(1, 1000)
"""How many questions of each kind an audit asks."""
LEAST_PEOPLE = Bounds(1, 1_000_000)
"""Smallest number of people of whom a report to give away tells."""
SEED = Bounds(0, 2**32 - 1)
COLUMNS = Bounds(1, 2)
SCALE_END = Bounds(1e-30, 1e30)
"""The end of an absolute scale, in any metric's unit."""
SIDE = Bounds(1, 8192)
"""A side of a frame in pixels; the largest video in use is 8K."""


def shown(text: str) -> str:
    """Return a wrong value for its error, shortened to what helps."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def read_duration(text: str) -> float:
    """Read a length of time, such as `3min`, `90s`, `1h30min` or, in seconds, `90`; return it in seconds.

    Raises:
        UsageError: the text is no length of time, or one of more than 30 years.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{shown(text)} is no length of time; write it as 3min, 90s or 1h30min")
    amounts = {unit: float(amount or 0) for unit, amount in found.groupdict().items()}
    seconds = 3600 * amounts["hours"] + 60 * amounts["minutes"] + amounts["seconds"]
    if not LONGEST_STAY.holds(seconds):
        raise UsageError(f"{shown(text)} is {seconds:g} seconds; give {LONGEST_STAY}")
    return seconds


def check_text(text: str) -> None:
    """Refuse a text that can mean nothing.

    Raises:
        UsageError: the text is empty, has a NUL in it, is no UTF-8 or is far too long.
    """
    if not text.strip():
        raise UsageError("is empty; give it a value, or leave it out")
    if "\0" in text:
        raise UsageError(f"{shown(text)} has a NUL in it; leave it out")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{shown(text)} is no text in UTF-8; mend it") from error
    if len(text) > _LONGEST_TEXT:
        raise UsageError(f"{shown(text)} is too long; give at most {_LONGEST_TEXT} characters")


def check_path(text: str) -> None:
    """Refuse a path that no file or folder can have.

    An empty path, as of a variable that is not set, must not mean the current folder.

    Raises:
        UsageError: the path is empty, has a NUL in it, or it or a name in it is too long.
    """
    if not text:
        raise UsageError("is empty; name a file or folder")
    if "\0" in text:
        raise UsageError(f"{shown(text)} has a NUL in it; leave it out")
    try:
        path = os.fsencode(text)
    except UnicodeEncodeError as error:
        raise UsageError(f"{shown(text)} is no text; name a file or folder that can be") from error
    if len(path) > _LONGEST_PATH or max(map(len, path.split(b"/"))) > _LONGEST_PART:
        raise UsageError(f"{shown(text)} is too long for a path; choose a shorter one")


def check_size(width: int, height: int) -> None:
    """Refuse a frame that no picture can be as large as.

    Raises:
        UsageError: a side is not within `SIDE`.
    """
    if not SIDE.holds(width) or not SIDE.holds(height):
        raise UsageError(f"{width}x{height} is no size of a frame; a side has {SIDE} pixels")
