"""A passage that fills and empties again, in which people walk the slower the denser it is."""

from pathlib import Path

import numpy as np

from heatcli.commands.import_mot import import_mot
from heatcli.picture.files import write_picture
from heatcli.store.store import Store
from tests.support.floor_scenes import DEPTH, FRONT, WIDTH, Floats, image_of

FPS, SECONDS = 5, 300
SCALE = 0.08
# The passage on the floor: from left to right, and away from the camera.
LEFT, RIGHT, NEAR, FAR = 5.5, 10.5, 4.0, 16.0
ZONE = np.array([(LEFT, 7.0), (RIGHT, 7.0), (RIGHT, 13.0), (LEFT, 13.0)])
LINE = np.array([(LEFT, 10.0), (RIGHT, 10.0)])
MARKS = np.array([(3, 4), (13, 5), (2, 21), (14, 20), (8, 12), (9, 9.0)])


def speed_at(density: float) -> float:
    """Weidmann's fundamental diagram, Transporttechnik der Fussgänger, 1993, in m/s."""
    return float(1.34 * (1 - np.exp(-1.913 * (1 / max(density, 0.1) - 1 / 5.4))))


def passage(seed: int = 1) -> list[str]:
    """Lines of a MOT file with those who walk through the passage."""
    random = np.random.default_rng(seed)
    places, numbers, own = np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0)
    lines, coming, last = [], 0.0, 0
    for frame in range(SECONDS * FPS):
        density = len(places) / ((RIGHT - LEFT) * (FAR - NEAR))
        # Most come in the middle of the time.
        coming += (0.4 + 5.2 * np.sin(np.pi * frame / (SECONDS * FPS)) ** 2) / FPS
        while coming >= 1:
            coming, last = coming - 1, last + 1
            begin = [random.uniform(LEFT + 0.3, RIGHT - 0.3), NEAR]
            places, numbers = np.vstack([places, begin]), np.append(numbers, last)
            own = np.append(own, random.normal(1, 0.08))
        places = places + np.column_stack([np.zeros(len(own)), own * speed_at(density) / FPS])
        there = places[:, 1] < FAR
        places, numbers, own = places[there], numbers[there], own[there]
        feet = image_of(FRONT, places) * (FRONT.width, FRONT.height)
        lines += [
            f"{frame + 1},{number},{x - 3:.2f},{y - 20:.2f},6,20,1"
            for number, (x, y) in zip(numbers.tolist(), feet.tolist(), strict=True)
        ]
    return lines


def store_passage(folder: Path) -> None:
    """Make a store with the passage, and its configuration."""

    def text(points: Floats) -> str:
        return str(image_of(FRONT, points).round(5).tolist())

    plan = np.full((round(DEPTH / SCALE), round(WIDTH / SCALE), 3), 255, np.uint8)
    write_picture(folder / "plan.png", plan)
    (folder / "gt.txt").write_text("\n".join(passage()))
    import_mot(
        Store.create_or_open(folder / "heat-store"),
        file=folder / "gt.txt",
        camera="passage",
        width=FRONT.width,
        height=FRONT.height,
        fps=FPS,
        start="2026-03-20T10:00:00Z",
        frames=SECONDS * FPS,
    )
    points = [
        f"{{ image = {image}, plan = [{x / SCALE:.2f}, {(DEPTH - y) / SCALE:.2f}] }}"
        for image, (x, y) in zip(image_of(FRONT, MARKS).round(5).tolist(), MARKS.tolist(), strict=True)
    ]
    (folder / "heatcli.toml").write_text(
        f"[cameras.passage.zones]\nmiddle = {{ polygon = {text(ZONE)} }}\ngate = {{ line = {text(LINE)} }}\n"
        f'[cameras.passage.floor]\nplan = "plan.png"\nmetres_per_pixel = {SCALE}\n'
        f"points = [{', '.join(points)}]\n"
    )
