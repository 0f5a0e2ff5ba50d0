"""Draws a week of the sample shop as trajectories: `python -m samples.make_week FOLDER`.

Seven visitors of the sample clip are seen from the door to the till or the shelves and back: their true paths
in `store.gt.txt`. Here they come again and again from Monday, 16 March 2026, to Saturday: few in the
morning, more at noon and most after work. They walk as in the clip and stand longer, each for another time.
The cashier is there all day. The same seed gives the same week.

Writes a file for each day, `store_20260316_090000.txt`, in MOT format with one frame per second:
`frame,id,left,top,width,height,1`, frames from 1, from opening to closing. `heatcli import` reads them.
"""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TRUTH = Path(__file__).with_name("store.gt.txt")
TRUTH_FPS = 12.5
SEED = 16
MONDAY = datetime(2026, 3, 16, 9)
HOURS = (9, 9, 9, 9, 9, 6)
"""How many hours the shop is open from 9 o'clock on, from Monday to Saturday."""

# Visitors in each hour from 9 o'clock, and how many times as many come on each day.
_COMING = (8, 10, 13, 20, 16, 12, 13, 18, 26)
_DAYS = (1.0, 0.9, 0.95, 1.1, 1.4, 1.6)

_CASHIER = 1
# Whose paths are whole, by their numbers in the truth; of two, the second goes on where the first one ends.
_WHOLE = ((5,), (6,), (7,), (8,), (9,), (11, 2), (13, 3))
# Whoever moves more slowly than this, in metres per second, stands.
_STANDING = 0.25
# How many times as long as in the clip people stand, log-normal: 4, 6.4 and 10 are its quartiles.
_LONGER, _SPREAD = 6.4, 0.7


def week(folder: Path, seed: int = SEED) -> list[Path]:
    """Write a file for each day into a folder, which is made if need be; returns them in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    truth = np.loadtxt(TRUTH, delimiter=",")
    files = []
    for day, hours in enumerate(HOURS):
        opening = MONDAY + timedelta(days=day)
        file = folder / f"store_{opening:%Y%m%d_%H%M%S}.txt"
        np.savetxt(file, _day(truth, rng, hours, _DAYS[day]), fmt="%d,%d,%.1f,%.1f,%.1f,%.1f,1")
        files.append(file)
    return files


def _day(
    truth: NDArray[np.float64], rng: np.random.Generator, hours: int, times: float
) -> NDArray[np.float64]:
    """Draw a day; returns (n, 6) rows `frame, id, left, top, width, height`, sorted by frame."""
    closing = hours * 3600
    people = [_cashier(truth, closing)]
    for hour in range(hours):
        for begin in 3600 * (hour + rng.random(rng.poisson(_COMING[hour] * times))):
            boxes = _visit(truth, _WHOLE[rng.integers(len(_WHOLE))], rng)
            frames = int(begin) + np.arange(len(boxes))
            people.append(np.column_stack([frames, boxes])[frames < closing])
    rows = np.vstack(
        [np.insert(one, 1, number, axis=1) for number, one in enumerate(people, start=1) if len(one)]
    )
    rows[:, 0] += 1
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _cashier(truth: NDArray[np.float64], closing: int) -> NDArray[np.float64]:
    """Repeat the cashier of the clip, to and fro, until the shop closes.

    Returns:
        (n, 5) rows `frame, left, top, width, height`, with frames from 0.
    """
    boxes = truth[truth[:, 1] == _CASHIER, 2:6][:: round(TRUTH_FPS)]
    frames = np.arange(closing)
    along = np.abs((frames + len(boxes) - 1) % (2 * (len(boxes) - 1)) - (len(boxes) - 1))
    return np.column_stack([frames, boxes[along]])


def _visit(
    truth: NDArray[np.float64], whose: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw somebody's (n, 4) boxes, one for each second, with longer stops than in the clip."""
    rows = np.vstack([truth[truth[:, 1] == number] for number in whose])
    step = np.hypot(*np.diff(rows[:, 7:9], axis=0).T)
    longer = np.where(step * TRUTH_FPS < _STANDING, rng.lognormal(np.log(_LONGER), _SPREAD), 1.0)
    time = np.concatenate([[0.0], np.cumsum(longer / TRUTH_FPS)])
    seconds = np.arange(int(time[-1]) + 1)
    return np.column_stack([np.interp(seconds, time, rows[:, column]) for column in range(2, 6)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw a week of the sample shop as trajectories.")
    parser.add_argument("folder", type=Path, help="folder for the files")
    week(parser.parse_args().folder)
