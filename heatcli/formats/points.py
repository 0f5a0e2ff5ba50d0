"""Files of points: two numbers a line, x and y, as scripts and spreadsheets write them.

A line is `x,y`. A semicolon or a tab may stand for the comma, with spaces around it or none; beside a
semicolon, numbers may have decimal commas. The first line may name the columns, `x_coords,y_coords`; where it
names y first, the first column is y. Empty lines are skipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.errors import PointsError

_SEPARATORS = ("\t", ";", ",")
# Words for a coordinate that is not known, in lower case.
_MISSING = ("", "nan", "na", "null", "none")
_NO_TEXT = "is no text in UTF-8; save it as such"
# Largest coordinate, in any unit: an absurd one would make a map of nothing else.
_FARTHEST = 1e12
# Bytes that are read at once: some hundred thousand lines.
_CHUNK = 1 << 22
# Most bytes of the first line: a line of two numbers is far shorter, and a file without line ends is no file
# of points.
_LONGEST_LINE = 1 << 12


@dataclass(frozen=True, slots=True)
class PointFile:
    """A file of points whose first line was understood.

    Attributes:
        path: path of the file.
        separator: separator between the two numbers of a line.
        y_first: whether the header names y before x.
        begin: offset in bytes at which the numbers begin.
        line: number of the line at which the numbers begin, from 1.
    """

    path: Path
    separator: str
    y_first: bool
    begin: int
    line: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look at the first line of a file: how it is separated, and whether it names the columns.

        Raises:
            PointsError: the file cannot be read, is empty, or begins with neither two numbers nor a header.
        """
        begin, number, words = 0, 0, ""
        try:
            if not path.is_file():
                raise PointsError(f"{path}: is no file; name a file with a line x,y for each point")
            with path.open("rb") as file:
                while not words and (line := file.readline(_LONGEST_LINE)):
                    begin, number = file.tell() - len(line), number + 1
                    words = line.decode("utf-8-sig", "replace").strip(" \r\n")
        except OSError as error:
            raise PointsError(f"{path}: cannot be read ({error.strerror}); check the path") from error
        if not words:
            raise PointsError(f"{path}: is empty; give it a line x,y for each point")
        if "\0" in words:
            raise PointsError(f"{path}: {_NO_TEXT}")
        separator = next((mark for mark in _SEPARATORS if mark in words), None)
        if separator is None or len(line) == _LONGEST_LINE:
            raise PointsError(f"{path}: line {number} is no point; write x,y, or a tab or semicolon between")
        names = [word.strip(' "').lower() for word in words.split(separator)]
        if len(names) != 2 or any(name in _MISSING or _is_number(name, separator) for name in names):
            mark = 3 if line.startswith(b"\xef\xbb\xbf") else 0
            return cls(path, separator, False, begin + mark, number)
        y_first = names[0].startswith("y") and names[1].startswith("x")
        return cls(path, separator, y_first, begin + len(line), number + 1)

    def batches(self) -> Iterator[NDArray[np.float64]]:
        """Read the points, a bounded number at once; the file can be read as often as one likes.

        Yields:
            (n, 2) float64 points x, y; NaN where a coordinate is empty or marked as not known.

        Raises:
            PointsError: a line is no point (the message names it), or the file can no longer be read.
        """
        line = self.line
        try:
            for chunk in self._chunks():
                points = self._parse(chunk, line)
                yield points[:, ::-1] if self.y_first else points
                line += chunk.count(b"\n")
        except OSError as error:
            raise PointsError(f"{self.path}: cannot be read ({error.strerror}); check the disk") from error

    def _chunks(self) -> Iterator[bytes]:
        """Cut the file at ends of lines."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            rest = b""
            while data := file.read(_CHUNK):
                whole, end, rest_of_line = (rest + data).rpartition(b"\n")
                if end:
                    yield whole + end
                rest = rest_of_line
            if rest:
                yield rest

    def _parse(self, chunk: bytes, line: int) -> NDArray[np.float64]:
        """Read a chunk that begins at a line. Plain numbers are read at once, anything else with care."""
        try:
            table = pl.read_csv(
                chunk,
                has_header=False,
                separator=self.separator,
                quote_char=None,
                schema={"x": pl.Float64, "y": pl.Float64},
            )
            points = table.to_numpy()
            if not any(table.null_count().row(0)) and not (np.abs(points) > _FARTHEST).any():
                return points
        except pl.exceptions.PolarsError:
            pass  # which line is wrong, if one is, comes out below
        return self._parse_with_care(chunk, line)

    def _parse_with_care(self, chunk: bytes, line: int) -> NDArray[np.float64]:
        """Read a chunk line by line, and name the first that is no point."""
        try:
            lines = pl.read_csv(
                chunk, has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String}
            ).get_column("line")
        except pl.exceptions.PolarsError as error:
            raise PointsError(f"{self.path}: {_NO_TEXT}") from error
        fields = lines.str.split_exact(self.separator, 2).struct.unnest()
        words = fields.select(pl.col("field_0", "field_1").str.strip_chars().str.to_lowercase())
        if self.separator == ";":
            words = words.select(pl.all().str.replace(",", ".", literal=True))
        numbers = words.select(pl.all().cast(pl.Float64, strict=False))
        missing = words.select(pl.all().is_in(_MISSING).fill_null(False))
        known = numbers.select(pl.all().is_between(-_FARTHEST, _FARTHEST).fill_null(False))
        readable = missing.to_numpy() | known.to_numpy()
        is_point = readable.all(axis=1) & fields.get_column("field_2").is_null().to_numpy()
        is_empty = lines.fill_null("").str.strip_chars().eq("").to_numpy()
        wrong = np.flatnonzero(~is_point & ~is_empty)
        if len(wrong):
            text = str(lines[int(wrong[0])])[:40]
            raise PointsError(
                f"{self.path}: line {line + int(wrong[0])} is no point: {text!r}; mend or remove it"
            )
        return numbers.filter(~is_empty).fill_null(np.nan).to_numpy()


def _is_number(word: str, separator: str) -> bool:
    """Say whether a word is a number, with a decimal comma where the separator leaves room for one."""
    try:
        float(word.replace(",", ".") if separator == ";" else word)
    except ValueError:
        return False
    return True
