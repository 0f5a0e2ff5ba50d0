"""Compare the density of a file of points with what `seaborn.kdeplot` makes of it, in one process.

    pip install seaborn
    python tests/bench/density.py
    python tests/bench/density.py --lines 10000000    # and how long so many lines take

Asked for: at least 100 times faster on 20,000 points, from the points as arrays to the estimate, on a frame
of 1280 x 720; `kdeplot` estimates on its own grid of 200 x 200. Ours is the median of several runs on both
sides of the one of `kdeplot`, so that what else the machine does slows down both.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import matplotlib
import numpy as np
from numpy.typing import NDArray

from heatcli.commands.render_points import render_points
from heatcli.config.settings import RenderSettings
from heatcli.heat.density import DensityEstimate
from heatcli.heat.extent import Extent

RATIO_ASKED = 100
POINTS = 20_000
FRAME = Extent(0, 0, 1280, 720)
SIZE = (1280, 720)
RUNS = 5
# A large file is as many copies of one part, so that making it takes less memory than reading it.
BLOCKS = 100


def shapes(n: int) -> dict[str, NDArray[np.float64]]:
    """Return points of three shapes, (n, 2) each."""
    random = np.random.default_rng(1)
    along = random.normal(size=n)
    across = random.normal(size=n)
    clouds = random.normal((350, 250), (50, 30), (n, 2)), random.normal((950, 450), (40, 60), (n, 2))
    return {
        "round": random.normal((640, 360), (120, 80), (n, 2)),
        "correlated": np.column_stack([640 + 150 * along, 360 + 80 * (0.9 * along + 0.44 * across)]),
        "two clouds": np.where(random.random((n, 1)) < 0.6, *clouds),
    }


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """Time one call."""
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def estimate(points: NDArray[np.float64]) -> None:
    """Estimate the density as `heatcli render --density` does."""
    one = DensityEstimate(FRAME, columns=SIZE[0])
    one.add(points)
    one.density()


def kdeplot(points: NDArray[np.float64]) -> None:
    """Estimate the density as a script with seaborn does; what is drawn is left undrawn."""
    import matplotlib.pyplot as plt
    import seaborn  # type: ignore[import-untyped]  # only this bench needs it

    figure, axes = plt.subplots()
    seaborn.kdeplot(x=points[:, 0], y=points[:, 1], fill=True, ax=axes)
    plt.close(figure)


def write(points: NDArray[np.float64], path: Path) -> None:
    """Write points as a script does."""
    np.savetxt(path, points, fmt="%.2f", delimiter=",", header="x_coords,y_coords", comments="")


def draw(path: Path) -> None:
    """Draw a file of points, as a user does."""
    render_points(points=path, settings=RenderSettings(), size=SIZE, output=path.with_suffix(".png"))


def main() -> None:
    """Print a line per shape, and one for a large file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, help="also time a whole picture of a file of so many lines")
    lines = parser.parse_args().lines
    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coords.txt"
        if lines:
            write(shapes(lines // BLOCKS)["round"], path)
            block = path.read_bytes().partition(b"\n")[2]
            with path.open("ab") as file:
                file.writelines(block for _ in range(BLOCKS - 1))
            took = seconds(draw, path)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{lines:,} lines: {took:.1f} s from file to picture; {peak:.0f} MiB for the whole process")
        for name, points in shapes(POINTS).items():
            write(points, path)
            ours, pictures = [], []
            for turn in range(2 * RUNS):
                if turn == RUNS:
                    theirs = seconds(kdeplot, points)
                ours.append(seconds(estimate, points))
                pictures.append(seconds(draw, path))
            mine, picture = median(ours), median(pictures)
            print(
                f"{name}: kdeplot {theirs:.1f} s, estimate {mine * 1000:.1f} ms, {theirs / mine:.0f} times "
                f"faster (asked: {RATIO_ASKED}); from file to picture {picture * 1000:.0f} ms"
            )


if __name__ == "__main__":
    main()
