"""How maps look: said in the configuration for all cameras or for one, and on the command line."""

from pathlib import Path

import numpy as np
import pytest

from heatcli.store.store import Store
from tests.support.command_line import done, refused, run
from tests.support.truth import put_truth

pytestmark = pytest.mark.usefixtures("folder")

PLAIN = "grid_resolution = 40\nsmoothing = 0\n"


@pytest.fixture(autouse=True)
def store(folder: Path) -> None:
    put_truth(Store.create_or_open(folder / "heat-store"))


def drawn(*options: str) -> bytes:
    """Return the picture of the sample's camera, which is called store."""
    done(run("render", "-o", "map.png", *options))
    return Path("map.png").read_bytes()


def configure(text: str) -> None:
    Path("heatcli.toml").write_text(text)


def test_options_win_over_the_camera_and_the_camera_over_the_file() -> None:
    viridis, jet, hot = (drawn("--color-map", name) for name in ("viridis", "jet", "hot"))
    assert len({viridis, jet, hot, drawn()}) == 4
    configure('[maps]\ncolor_map = "viridis"\n[cameras.other.maps]\ncolor_map = "hot"\n')
    assert drawn() == viridis
    configure('[maps]\ncolor_map = "viridis"\n[cameras.store.maps]\ncolor_map = "jet"\n')
    assert drawn() == jet
    assert drawn("--color-map", "hot") == hot


def test_a_grid_may_be_configured_too() -> None:
    configure(f"[maps]\n{PLAIN}")
    done(run("render", "-o", "map.npz"))
    with np.load("map.npz") as found:
        assert found["value"].shape[1] == 40


def test_a_scale_that_somebody_calls_relative_has_no_end() -> None:
    relative = drawn()
    absolute = drawn("--normalization", "absolute", "--max-value", "30")
    configure('[maps]\nnormalization = "absolute"\nmax_value = 30\n')
    assert drawn() == absolute != relative
    assert drawn("--normalization", "relative") == relative
    of_file = '[maps]\nnormalization = "absolute"\nmax_value = 30\n'
    configure(of_file + '[cameras.store.maps]\nnormalization = "relative"\n')
    assert drawn() == relative


def test_a_scale_without_an_end_is_refused_with_its_place() -> None:
    configure('[cameras.store.maps]\nnormalization = "absolute"\n')
    line = refused(run("render"))
    assert "cameras.store.maps" in line
    assert "max_value" in line


def test_a_report_draws_each_camera_as_configured() -> None:
    day = ("export", "daily", "--start", "2026-03-14", "--format", "csv,png")
    done(run(*day, "-o", "plain", "--grid-resolution", "40"))
    configure("[cameras.store.maps]\ngrid_resolution = 40\n")
    done(run(*day, "-o", "configured"))
    for name in ("heat-store-dwell_time.png", "heat-store-dwell_time.csv"):
        plain, configured = (Path(folder, "daily-2026-03-14", name) for folder in ("plain", "configured"))
        assert plain.read_bytes() == configured.read_bytes()


def test_the_end_of_a_scale_is_of_one_metric() -> None:
    day = ("export", "daily", "--start", "2026-03-14", "--format", "png", "--metrics", "all")
    done(run(*day, "-o", "plain"))
    configure('[maps]\nnormalization = "absolute"\nmax_value = 30\n')
    done(run(*day, "-o", "configured"))
    name = "daily-2026-03-14/heat-store-occupancy_pct.png"
    assert Path("plain", name).read_bytes() == Path("configured", name).read_bytes()
