"""Draws the sample clip, its exact truth and its configuration: `python -m samples.make_store`.

A shop of plain solids under a pinhole camera, with people who walk, look at shelves, queue and pay; there is
no photograph in it. The same seed gives the same truth and, before encoding, the same pixels. Encoders differ
from release to release: the committed clip is one encoding of them.

Writes, beside this file:

- `store.mp4`: 640x360, 12.5 frames per second, 72 s, H.264.
- `store.gt.txt`: MOT format, `frame,id,left,top,width,height,1,X,Y,0`. Frames count from 1, pixels have two
  decimals, X and Y say in metres where the person stands on the floor. A box is the extent of the whole
  figure and of what it carries, also where a shelf, the till or somebody else hides it, clipped to the frame.
  There is a row in every frame in which walls and furniture leave at least a tenth of the figure in sight:
  from when somebody appears in the door until they are gone, in one piece.
- `plan.png`: the floor plan.
- `heatcli.toml`: the camera, when the clip begins, zones that lie where the things are in the picture, and
  where the picture lies on the floor plan.
"""

import argparse
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from samples.shop import plan, scene
from samples.shop.film import FPS, FRAMES, Film, Truth
from samples.shop.script import people

SEED = 20260314
CRF = 25  # x264's constant quality; below 2 MB for this clip

# Places on the floor, in metres, whose pictures are the zones of the configuration: a circle around who pays,
# and rectangles (x from, x to, y from, y to).
_TILL, _TILL_RADIUS = (0.4, 5.8), 0.8
_AREAS: dict[str, tuple[float, float, float, float]] = {
    "shelf": (scene.GONDOLA[0], scene.GONDOLA[1], scene.GONDOLA[2] - 1.1, scene.GONDOLA[2]),
    "entrance": (scene.LEFT, scene.LEFT + 1.3, *scene.DOOR),
    "staff": (scene.COUNTER[1], 3.5, 4.65, 7.3),
}

_CONFIGURATION = """\
# The sample shop, written by make_store.py. Coordinates are fractions of the frame, a radius of its width.
timezone = "Europe/Zagreb"

[cameras.store]
sources = ["store.mp4"]
location = "Sample shop"
labels = ["ground floor"]
start = "2026-03-14T10:00:00"
detector = "motion"

[cameras.store.zones]
"""


@cache
def film() -> Film:
    """Build the film, once in each process."""
    return Film(people(), SEED)


def draw(index: int) -> tuple[NDArray[np.uint8], list[Truth]]:
    """Draw frame `index` from 0; returns its RGB pixels and who is in it."""
    return film().frame(index)


def mot_lines(index: int, truth: Iterable[Truth]) -> Iterator[str]:
    """Write frame `index` from 0 as lines of the MOT file."""
    for row in truth:
        left, top, right, bottom = row.box
        box = f"{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f}"
        yield f"{index + 1},{row.number},{box},1,{row.foot[0]:.3f},{row.foot[1]:.3f},0"


def configuration() -> str:
    """Compose the text of heatcli.toml."""
    (x, y), (edge, _) = _fractions([_TILL, (_TILL[0] + _TILL_RADIUS, _TILL[1])])
    zones = [f"till = {{ circle = [{x}, {y}, {round(edge - x, 3)}] }}"]
    for name, (x0, x1, y0, y1) in _AREAS.items():
        corners = ", ".join(f"[{x}, {y}]" for x, y in _fractions([(x0, y1), (x1, y1), (x1, y0), (x0, y0)]))
        zones.append(f"{name} = {{ polygon = [{corners}] }}")
    floor = ["", "[cameras.store.floor]", 'plan = "plan.png"', f"metres_per_pixel = {plan.METRES_PER_PIXEL}"]
    floor.append("points = [")
    for (name, place), (x, y) in zip(
        plan.PLACES.items(), _fractions([*plan.PLACES.values()], 4), strict=True
    ):
        across, down = (round(pixel, 1) for pixel in plan.on_plan(place))
        floor.append(f"    {{ image = [{x}, {y}], plan = [{across}, {down}] }},  # {name}")
    floor.append("]")
    return _CONFIGURATION + "\n".join(zones + floor) + "\n"


def _fractions(places: list[tuple[float, float]], decimals: int = 3) -> list[tuple[float, float]]:
    """Where places on the floor are in the frame, as fractions of its width and height."""
    pixels = scene.CAMERA.project(np.array([(x, y, 0.0) for x, y in places]))
    size = scene.CAMERA.width, scene.CAMERA.height
    return [(round(x / size[0], decimals), round(y / size[1], decimals)) for x, y, _ in pixels.tolist()]


def write_drawings(folder: Path) -> None:
    """Draw the floor plan and compose the configuration, which need no film, in `folder`."""
    cv2.imwrite(str(folder / "plan.png"), cv2.cvtColor(plan.draw(), cv2.COLOR_RGB2BGR))
    (folder / "heatcli.toml").write_text(configuration(), encoding="utf-8")


def write(folder: Path, workers: int) -> None:
    """Draws the whole clip and writes all files into `folder`."""
    rows: list[str] = []
    with (
        ProcessPoolExecutor(workers) as pool,
        av.open(str(folder / "store.mp4"), "w", options={"movflags": "faststart"}) as container,
    ):
        stream = container.add_stream("libx264", rate=Fraction(FPS))
        stream.width, stream.height = scene.CAMERA.width, scene.CAMERA.height
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(CRF), "preset": "slow", "threads": "1"}
        for index, (image, truth) in enumerate(pool.map(draw, range(FRAMES), chunksize=10)):
            rows.extend(mot_lines(index, truth))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    (folder / "store.gt.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    write_drawings(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw the sample clip, its truth and its configuration.")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw")
    write(Path(__file__).parent, parser.parse_args().workers)
