"""Files of points: x and y on each line, as scripts and spreadsheets write them.

A line is `x,y`. A semicolon or a tab may stand for the comma, with spaces around it or none; beside a
semicolon, numbers may have decimal commas. The first line may name the columns, `x_coords,y_coords`, in any
order. Among more than two, the first whose name begins with x is taken, with the one whose name is the same
but for a y: `time,x_m,y_m`. Empty lines are skipped.
"""

import csv
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
        separator: separator between the columns.
        columns: number of columns.
        x: index of the column of x.
        y: index of the column of y.
        begin: offset in bytes at which the numbers begin.
        line: number of the line at which the numbers begin, from 1.
    """

    path: Path
    separator: str
    columns: int
    x: int
    y: int
    begin: int
    line: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look at the first line of a file: how it is separated, and whether it names the columns.

        Raises:
            PointsError: the file cannot be read, is empty, begins with neither two numbers nor a header, or
                its header names no x and y.
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
        if any(name in _MISSING or _is_number(name, separator) for name in names):
            mark = 3 if line.startswith(b"\xef\xbb\xbf") else 0
            return cls(path, separator, 2, 0, 1, begin + mark, number)
        pairs = ((x, f"y{name[1:]}") for x, name in enumerate(names) if name.startswith("x"))
        named = next(((x, names.index(y)) for x, y in pairs if y in names), None)
        if named is None and len(names) > 2:
            raise PointsError(f"{path}: line {number} names no columns x and y; name them so, or leave two")
        x, y = named or (0, 1)
        return cls(path, separator, len(names), x, y, begin + len(line), number + 1)

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
                yield self._parse(chunk, line)
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
        """Read a chunk that begins at a line. Two plain numbers are read at once, anything else with care."""
        if self.columns > 2:
            return self._parse_with_care(chunk, line)
        try:
            table = pl.read_csv(
                chunk,
                has_header=False,
                separator=self.separator,
                quote_char=None,
                schema={"x": pl.Float64, "y": pl.Float64},
            )
            points = table.to_numpy()[:, [self.x, self.y]]
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
        fields = self._fields(lines)
        words = fields.select(pl.col("x", "y").str.strip_chars().str.to_lowercase())
        if self.separator == ";":
            words = words.select(pl.all().str.replace(",", ".", literal=True))
        numbers = words.select(pl.all().cast(pl.Float64, strict=False))
        missing = words.select(pl.all().is_in(_MISSING).fill_null(False))
        known = numbers.select(pl.all().is_between(-_FARTHEST, _FARTHEST).fill_null(False))
        readable = missing.to_numpy() | known.to_numpy()
        is_point = readable.all(axis=1) & fields.get_column("fits").to_numpy()
        is_empty = lines.fill_null("").str.strip_chars().eq("").to_numpy()
        wrong = np.flatnonzero(~is_point & ~is_empty)
        if len(wrong):
            text = str(lines[int(wrong[0])])[:40]
            raise PointsError(
                f"{self.path}: line {line + int(wrong[0])} is no point: {text!r}; mend or remove it"
            )
        return numbers.filter(~is_empty).fill_null(np.nan).to_numpy()

    def _fields(self, lines: pl.Series) -> pl.DataFrame:
        """Cut lines into `x` and `y`, text, and `fits`, whether the line has as many columns as the first."""
        if self.columns == 2:
            cut = lines.str.split_exact(self.separator, 2).struct.unnest()
            return cut.select(x=f"field_{self.x}", y=f"field_{self.y}", fits=pl.col("field_2").is_null())
        # A text in quotes, such as a name, may have the separator in it.
        rows = [next(csv.reader([line or ""], delimiter=self.separator), []) for line in lines]
        fits = [len(row) == self.columns for row in rows]
        x, y = (
            [row[at] if fit else None for row, fit in zip(rows, fits, strict=True)] for at in (self.x, self.y)
        )
        return pl.DataFrame({"x": x, "y": y, "fits": fits}, schema_overrides={"x": pl.String, "y": pl.String})


def _is_number(word: str, separator: str) -> bool:
    """Say whether a word is a number, with a decimal comma where the separator leaves room for one."""
    try:
        float(word.replace(",", ".") if separator == ";" else word)
    except ValueError:
        return False
    return True
