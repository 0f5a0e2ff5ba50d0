"""Rooms with doors, drawn: who is inside is known, and some who pass are not counted."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.zones.room_steps import SeenInside


@dataclass(frozen=True)
class DrawnRoom:
    """A day of a room, in µs from its beginning; it is empty at both ends.

    Attributes:
        end_us: end of the day.
        time_us: (n,) when somebody really comes or leaves.
        change: (n,) 1 for who comes, -1 for who leaves.
        counted: of each door, when somebody was counted, and whether they came in.
        seen: people whom cameras inside show: nine of ten.
    """

    end_us: int
    time_us: NDArray[np.int64]
    change: NDArray[np.int64]
    counted: tuple[tuple[NDArray[np.int64], NDArray[np.bool_]], ...]
    seen: SeenInside

    @property
    def always(self) -> Intervals:
        """The whole day."""
        return Intervals.of([[0, self.end_us]])

    def inside(self, at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many people really are inside at some times."""
        people = np.append(0, np.cumsum(self.change))
        inside: NDArray[np.int64] = people[np.searchsorted(self.time_us, at_us, side="right")]
        return inside


def draw_room(
    seed: int, *, people: int = 400, doors: int = 3, missed: float = 0.03, hours: float = 10
) -> DrawnRoom:
    """Draw a day: people come most at noon, and stay 20 minutes on average."""
    rng = np.random.default_rng(seed)
    day_s = hours * 3600
    come = np.sort(rng.beta(2, 2, people) * (day_s - 1800))
    leave = np.minimum(come + 5 + rng.gamma(2, 600, people), day_s - 10)
    time = (np.append(come, leave) * 1e6).astype(np.int64)
    order = np.argsort(time, kind="stable")
    time, change = time[order], np.repeat(np.array([1, -1], np.int64), people)[order]
    door = rng.integers(0, doors, 2 * people)
    shown = rng.random(2 * people) >= missed
    visible = np.tile(rng.random(people) < 0.9, 2)[order]
    counted = tuple((time[shown & (door == one)], change[shown & (door == one)] > 0) for one in range(doors))
    seen = SeenInside(time, np.cumsum(np.where(visible, change, 0)), Intervals.of([[0, int(day_s * 1e6)]]))
    return DrawnRoom(int(day_s * 1e6), time, change, counted, seen)


HALL = """timezone = "UTC"
[areas.hall]
doors = ["north.door", "south.door", "yard.door"]
capacity = 25
empty_at = ["07:00", "19:00"]
"""
"""Configuration of a room with three doors, without its cameras."""
DOORS = ("north", "south", "yard")


def write_hall(folder: Path, drawn: DrawnRoom) -> list[tuple[str, ...]]:
    """Write a room with three doors: its configuration, and the trajectories of who was counted.

    Returns:
        Words of the commands that import the trajectories, from 8:00 on, within the folder.
    """
    cameras = "".join(
        f"[cameras.{name}.zones]\ndoor = {{ line = [[0.5, 0.9], [0.5, 0.1]] }}\n" for name in DOORS
    )
    (folder / "heatcli.toml").write_text(HALL + cameras, encoding="utf-8")
    frames = str(drawn.end_us // 1_000_000)
    commands: list[tuple[str, ...]] = []
    for name, (time_us, inward) in zip(DOORS, drawn.counted, strict=True):
        lines = []
        for person, (time, comes) in enumerate(zip(time_us.tolist(), inward.tolist(), strict=True), start=1):
            for step in range(-4, 5):
                # Upwards along the line, its right is the right of the picture.
                x = 320 + (30 if comes else -30) * step
                lines.append((time // 1_000_000 + step + 1, f"{person},{x - 10},120,20,60,1,-1,-1,-1"))
        rows = [f"{frame},{rest}" for frame, rest in sorted(lines) if frame > 0]
        (folder / f"{name}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
        said = ("--format", "mot", "--size", "640x360", "--fps", "1", "--frames", frames)
        commands.append(("import", f"{name}.txt", "--camera", name, "--start", "2026-03-16T08:00:00", *said))
    return commands
