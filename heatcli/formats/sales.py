"""Files of sales: a line for each transaction at the till, with its time and its amount.

The first line names the columns. A semicolon or a tab may stand for the comma between them; beside a
semicolon or a tab, amounts may have decimal commas. Empty lines are skipped.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import epoch_us, read_time, to_utc
from heatcli.errors import SalesError, UsageError, did_you_mean

_SEPARATORS = ("\t", ";", ",")

# Largest amount, in any currency: an absurd one would hide all others.
_LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class SalesColumns:
    """How a file of sales is written.

    Attributes:
        time: name of the column of times: ISO 8601, local unless they carry an offset.
        amount: name of the column of amounts.
        timezone: time zone that the times are local in; None for that of each camera.
    """

    time: str = "time"
    amount: str = "amount"
    timezone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """The transactions of a file, in the order of time.

    Attributes:
        time_us: (n,) int64 time of each, UTC µs.
        amount: (n,) float64 amount of each, in the file's currency.
    """

    time_us: NDArray[np.int64]
    amount: NDArray[np.float64]


def read_sales(path: Path, columns: SalesColumns, timezone: ZoneInfo) -> Sales:
    """Read a file of sales.

    Args:
        path: path of the file.
        columns: how it is written.
        timezone: time zone of the camera, for times without an offset where `columns` names none.

    Raises:
        SalesError: the file cannot be read, lacks a column, or has a line that is no sale; the message names
            the first such line and what to do.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SalesError(f"{path}: cannot be read ({error.strerror}); check --sales") from error
    except UnicodeDecodeError as error:
        raise SalesError(f"{path}: is no text in UTF-8; save it as such") from error
    lines = text.splitlines()
    if not lines or "\0" in text:
        raise SalesError(f"{path}: has no lines of text; give it a first line that names its columns")
    separator = next((mark for mark in _SEPARATORS if mark in lines[0]), ",")
    reader = csv.reader(lines, delimiter=separator)
    names = [name.strip() for name in next(reader)]
    for option, name in (("--sales-time", columns.time), ("--sales-amount", columns.amount)):
        if name not in names:
            raise SalesError(
                f"{path}: has no column {name!r}{did_you_mean(name, names)}; name one with {option}"
            )
    places = names.index(columns.time), names.index(columns.amount)
    found = []
    for row in reader:
        if any(cell.strip() for cell in row):
            try:
                if any(cell.strip() for cell in row[len(names) :]):
                    raise UsageError("has more values than there are columns")
                found.append(_sale(row, places, separator, columns.timezone or timezone))
            except (UsageError, ValueError, IndexError) as error:
                shown = separator.join(row)[:60]
                why = str(error) if isinstance(error, UsageError) else "is no sale"
                is_comma = separator == "," and (len(row) > len(names) or "," in "".join(row))
                remedy = "write amounts with points, or semicolons between columns" if is_comma else "mend it"
                raise SalesError(
                    f"{path}: line {reader.line_num} ({shown}): {why}; {remedy}, or remove the line"
                ) from error
    found.sort()
    times, amounts = zip(*found, strict=True) if found else ((), ())
    return Sales(np.array(times, np.int64), np.array(amounts, np.float64))


def _sale(row: list[str], places: tuple[int, int], separator: str, zone: ZoneInfo) -> tuple[int, float]:
    """Read time and amount of a line.

    Raises:
        UsageError: the time is none, or daylight saving makes it double or missing.
        ValueError: the amount is no number.
        IndexError: the line is too short.
    """
    time, amount = (row[place].strip() for place in places)
    if separator != "," and "." not in amount:
        amount = amount.replace(",", ".")
    value = float(amount)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise ValueError(f"{amount} is no amount")
    return epoch_us(to_utc(read_time(time), zone)), value
