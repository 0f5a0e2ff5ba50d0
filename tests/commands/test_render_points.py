"""`heatcli render --density` from end to end: of a file of points, and of a store."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import gaussian_kde
from typer.testing import Result

from heatcli.picture.files import read_picture, write_picture
from tests.support.command_line import answer, done, refused, run

Points = NDArray[np.float64]


pytestmark = pytest.mark.usefixtures("folder")


def density(*arguments: object) -> Result:
    return run("render", "--density", *arguments)


def cloud(x: float, y: float, n: int = 500) -> Points:
    return np.random.default_rng(3).normal((x, y), (30, 15), (n, 2))


def write(points: Points, header: str = "x_coords,y_coords\n") -> None:
    Path("coords.txt").write_text(header + "".join(f"{x!r}, {y!r}\n" for x, y in points.tolist()))


def coloured(picture: Path) -> tuple[float, float]:
    """Where the middle of what is drawn on white is, x and y."""
    drawn: NDArray[np.bool_] = (read_picture(picture) != 255).any(axis=2)
    y, x = np.nonzero(drawn)
    return float(x.mean()), float(y.mean())


def test_a_file_of_points_needs_no_store() -> None:
    write(cloud(300, 400))
    result = done(density("--points", "coords.txt", "--size", "1280x720", "--no-display-legend"))
    assert result.stderr.startswith("heat-coords-density.png: 500 points, kernel ")
    picture = Path("heat-coords-density.png")
    assert read_picture(picture).shape == (720, 1280, 3)
    assert np.hypot(*np.subtract(coloured(picture), (300, 400))) < 15


def test_a_legend_is_drawn_and_look_settings_hold() -> None:
    write(cloud(640, 360))
    frame = ("--points", "coords.txt", "--size", "1280x720")
    done(density(*frame, "-o", "with.png"))
    done(density(*frame, "--no-display-legend", "-o", "plain.png"))
    done(density(*frame, "--no-display-legend", "--color-map", "hot", "-o", "hot.png"))
    done(density(*frame, "--no-display-legend", "--color-map", "magma", "-o", "magma.png"))
    done(density(*frame, "--no-display-legend", "--opacity", "0", "-o", "clear.png"))
    assert "it has 'magma'" in refused(density(*frame, "--color-map", "magmaa"))
    high = ("--normalization", "absolute", "--max-value", "99")
    done(density(*frame, "--no-display-legend", *high, "-o", "cold.png"))
    with_legend, plain, hot, magma, clear, cold = (
        read_picture(Path(f"{name}.png")) for name in ("with", "plain", "hot", "magma", "clear", "cold")
    )
    assert 0.01 < (with_legend != plain).any(axis=2).mean() < 0.1
    assert (hot[360, 640] != plain[360, 640]).any()
    assert (magma[360, 640] != plain[360, 640]).any()
    assert (clear == 255).all()
    assert (cold == 255).all()


def test_numbers_are_those_of_scipy() -> None:
    points = cloud(200, 100, 300)
    write(points, header="")
    kernel = gaussian_kde(points.T)
    told = answer(density("--points", "coords.txt", "--size", "400x300", "-o", "d.npz", "--json"))
    with np.load("d.npz") as file:
        value = file["value"]
        assert str(file["metric"]) == "density"
        assert str(file["unit"]) == told["unit"] == "points per px²"
        np.testing.assert_allclose(file["kernel"], kernel.covariance, rtol=1e-9)
    y, x = (np.indices(value.shape).reshape(2, -1).T + 0.5).T * (300 / value.shape[0])
    expected = 300 * kernel(np.array([x * (400 / value.shape[1]) / (300 / value.shape[0]), y]))
    np.testing.assert_allclose(value.ravel(), expected, atol=0.01 * expected.max())
    assert told["max"] == value.max()
    assert told["counted"] == 300
    assert told["bandwidth"] == pytest.approx(np.sqrt(np.linalg.eigvalsh(kernel.covariance))[::-1].tolist())


def test_a_table_has_a_line_for_each_cell() -> None:
    write(np.array([[-2.0, 7], [3, 8], [1, 9.5]]))
    told = answer(density("--points", "coords.txt", "--bandwidth", "0.5", "-o", "d.csv", "--json"))
    assert told["frame"] == [-3.5, 5.5, 8.0, 5.5]
    assert told["unit"] == "points per unit²"
    with Path("d.csv").open() as file:
        cells = list(csv.DictReader(file))
    hottest = max(cells, key=lambda cell: float(cell["density"]))
    assert float(hottest["density"]) == told["max"]
    assert -2 < float(hottest["x_px"]) < 3
    assert 7 < float(hottest["y_px"]) < 9.5
    x = sorted({float(cell["x_px"]) for cell in cells})
    assert x[0] + x[-1] == pytest.approx(1.0)


def test_the_frame_is_that_of_the_background() -> None:
    plan = np.full((300, 400, 3), (10, 200, 30), dtype=np.uint8)
    write_picture(Path("plan.png"), plan)
    write(np.concatenate([cloud(100, 200), [[401.0, 5], [5, -1], [np.nan, 2]]]))
    look = ("--points", "coords.txt", "--background", "plan.png", "--no-display-legend")
    told = answer(density(*look, "--json", "-o", "d.png"))
    assert (told["frame"], told["counted"]) == ([0, 0, 400, 300], 500)
    assert (told["outside"], told["missing"]) == (2, 1)
    picture = read_picture(Path("d.png"))
    assert (picture[:, 390:] == plan[:, 390:]).all()
    assert (picture[195:205, 95:105] != plan[195:205, 95:105]).any(axis=2).all()
    # the same picture at twice the size, where --size says so
    told = answer(density(*look, "--size", "800x600", "--json", "-o", "large.png"))
    assert (told["counted"], told["missing"], told["outside"]) == (501, 1, 1)
    assert read_picture(Path("large.png")).shape == (600, 800, 3)


def test_what_was_left_out_is_said() -> None:
    write(np.concatenate([cloud(100, 100), [[-900.0, 5], [np.nan, 2], [3, np.nan]]]))
    result = density("--points", "coords.txt", "--size", "640x480")
    assert result.stderr.strip().endswith("left out: 2 without coordinates, 1 outside the frame")


@pytest.mark.parametrize(("bandwidth", "same"), [("scott", True), ("silverman", True), ("9", False)])
def test_bandwidths(bandwidth: str, same: bool) -> None:
    write(cloud(300, 200))
    frame = ("--points", "coords.txt", "--size", "640x480", "--json")
    default = answer(density(*frame))["bandwidth"]
    chosen = answer(density(*frame, "--bandwidth", bandwidth))["bandwidth"]
    assert (chosen == default) is same
    assert same or chosen == pytest.approx([9, 9])


@pytest.mark.parametrize(
    "points", [np.array([[50.0, 60]]), np.array([[50.0, 60]] * 9), cloud(300, 60) * (1, 0) + (0, 60)]
)
def test_points_without_spread_are_a_map(points: Points) -> None:
    write(points)
    done(density("--points", "coords.txt", "--size", "640x480", "--no-display-legend"))
    x, y = coloured(Path("heat-coords-density.png"))
    assert abs(y - 60) < 5
    assert abs(x - points[:, 0].mean()) < 10


@pytest.mark.parametrize(
    ("text", "arguments", "code", "words"),
    [
        ("5,5\n5,5\n", "", 1, "no two points apart, so nothing says how large the map is to be; give --size"),
        ("x,y\n", "--size 9x9", 1, "holds no points"),
        ("x,y\n", "", 1, "holds no two points apart"),
        ("nan,nan\n", "--size 9x9", 1, "holds no points"),
        ("11,5\n-1,3\n", "--size 9x9", 1, "none of its 2 points is in the frame of 9x9"),
        ("1,2\n1,b\n", "--size 9x9", 1, "coords.txt: line 2 is no point: '1,b'"),
        ("1,2\n", "--size 9000x9", 2, "--size: 9000x9 is no size of a frame"),
        ("1,2\n", "--size 9", 2, "is not a size"),
        ("1,2\n", "--bandwidth wide", 2, "not scott, silverman or a number of pixels"),
        ("1,2\n", "--bandwidth -3", 2, "not scott, silverman or a number of pixels"),
        ("1,2\n", "--bandwidth nan", 2, "not scott, silverman or a number of pixels"),
        ("1,2\n", "--metric dwell_time", 2, "--metric is not for --density"),
        ("1,2\n", "--smoothing 3", 2, "--smoothing is not for --density"),
        ("1,2\n", "--camera door", 2, "its points have no camera"),
        ("1,2\n", "--flow", 2, "its points have no camera"),
        ("1,2\n", "--hot 3", 2, "its points have no camera"),
        ("1,2\n", "--on floor", 2, "lay them over a plan with --background"),
        ("1,2\n", "-o d.gif", 2, "no format has this extension"),
        ("1,2\n", "--background gone.png", 1, "gone.png: cannot be read"),
    ],
)
def test_mistakes_are_told_in_one_line(text: str, arguments: str, code: int, words: str) -> None:
    Path("coords.txt").write_text(text)
    result = density("--points", "coords.txt", *arguments.split())
    assert result.exit_code == code, result.output
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert sorted(path.name for path in Path().iterdir()) == ["coords.txt"]


@pytest.mark.parametrize("option", ["--points coords.txt", "--bandwidth 3"])
def test_options_of_a_density_need_it(option: str) -> None:
    line = refused(run("render", *option.split()))
    assert f"{option.split()[0]} is for a kernel density; add --density" in line


def import_walk(camera: str, x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
    """One person, whose foot is at x, y in a frame of 640 x 360, ten frames a second."""
    lines = (f"{n},1,{a - 10},{b - 60},20,60,1\n" for n, (a, b) in enumerate(zip(x, y, strict=True), 1))
    Path("gt.txt").write_text("".join(lines))
    arguments = f"import gt.txt --format mot --camera {camera} --size 640x360 --fps 10 --quiet"
    done(run(*arguments.split(), "--start", "2026-03-14T10:00:00"))


def test_stored_points_weigh_by_the_time_that_they_stand_for() -> None:
    random = np.random.default_rng(8)
    x, y = random.integers(100, 500, 200), random.integers(100, 300, 200)
    import_walk("door", x, y)
    told = answer(density("-o", "d.npz", "--json"))
    (camera,) = told["cameras"]
    assert (camera["metric"], camera["unit"], camera["rows"]) == ("density", "object-seconds per px²", 200)
    with np.load("d.npz") as file:
        value = file["value"]
        assert (file["width"], file["height"], str(file["camera"])) == (640, 360, "door")
    rows, columns = value.shape
    down, across = np.indices(value.shape)
    at = (across.ravel() + 0.5) * 640 / columns, (down.ravel() + 0.5) * 360 / rows
    expected = 200 * 0.1 * gaussian_kde([x, y])(np.array(at))
    np.testing.assert_allclose(value.ravel(), expected, atol=0.01 * expected.max())


def test_each_camera_gets_a_picture_of_its_own() -> None:
    random = np.random.default_rng(9)
    for camera in ("door", "till"):
        import_walk(camera, random.integers(100, 500, 50), random.integers(100, 300, 50))
    done(density())
    assert sorted(path.name for path in Path().glob("*.png")) == [
        "heat-door-density-2026-03-14.png",
        "heat-till-density-2026-03-14.png",
    ]
    done(density("--columns", "2", "--bandwidth", "12"))
    assert Path("heat-density-2026-03-14.png").exists()


def test_a_time_in_which_nobody_came_is_an_empty_map() -> None:
    import_walk("door", np.arange(100, 150), np.arange(100, 150))
    result = done(density("--from", "2026-03-14T11:00", "-o", "d.npz"))
    assert "the map is empty" in result.stderr
    with np.load("d.npz") as file:
        assert not file["value"].any()
