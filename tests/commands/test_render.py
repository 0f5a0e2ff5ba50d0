"""From a file of trajectories through the store to maps and pictures."""

from pathlib import Path

import numpy as np
import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.commands.render import render, render_cameras
from heatcli.config.settings import RenderSettings
from heatcli.errors import InputError, UsageError
from heatcli.heat.grid import Grid
from heatcli.names import Metric
from heatcli.picture.camera import Drawing
from heatcli.picture.files import read_picture, write_picture
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.heat_reference import Row, reference
from tests.support.store_runs import clip_row, put

SIZE, FPS, FRAMES = (768, 576), 10, 795


def stored(gt: Path, folder: Path) -> SelectedCamera:
    store = Store.create_or_open(folder / "store")
    start = "2026-03-14T10:00:00"
    import_mot(
        store, file=gt, camera="门 1", width=SIZE[0], height=SIZE[1], fps=FPS, start=start, frames=FRAMES
    )
    (camera,) = selected_cameras(store, Selection())
    return camera


@pytest.fixture(scope="module")
def vtest(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> SelectedCamera:
    return stored(test_data / "vtest.gt.txt", tmp_path_factory.mktemp("vtest"))


@pytest.mark.parametrize("metric", Metric)
def test_metrics_of_real_trajectories_equal_brute_force(
    metric: Metric, vtest: SelectedCamera, test_data: Path, tmp_path: Path
) -> None:
    table = np.loadtxt(test_data / "vtest.gt.txt", delimiter=",")[:, :6]
    rows = [
        Row(
            time_us=int(frame - 1) * 100_000,
            clip=0,
            frame=int(frame - 1),
            person=int(person),
            weight_us=100_000,
            box=(left, top, left + width, top + height),
            size=SIZE,
        )
        for frame, person, left, top, width, height in sorted(table.tolist())
    ]
    settings = RenderSettings(metric=metric, reach=0, smoothing=0)
    rendered = render(selection=vtest, drawing=Drawing(settings, "none"), output=tmp_path / "heat.npz")
    expected = reference(rows, metric, Grid(160, 120), covered_us=FRAMES * 100_000)
    with np.load(tmp_path / "heat.npz") as file:
        np.testing.assert_allclose(file["value"], expected, rtol=0, atol=1e-9 * expected.max())
    assert (rendered.rows, rendered.persons) == (len(table), 19)
    assert rendered.heat.covered_s == 79.5


def test_a_picture_is_drawn_over_the_background_at_the_size_of_the_frame(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("".join(f"{i},1,380,200,20,80,1\n" for i in range(1, 51)))
    noise = np.random.default_rng(2).integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    write_picture(tmp_path / "plate.png", noise)
    rendered = render(
        selection=stored(tmp_path / "gt.txt", tmp_path),
        drawing=Drawing(RenderSettings(display_legend=False), str(tmp_path / "plate.png")),
        output=tmp_path / "heat.png",
    )
    assert rendered.rows == 50
    picture = read_picture(tmp_path / "heat.png")
    assert (picture[275:285, 385:395] != noise[275:285, 385:395]).any(axis=2).all()
    assert (picture[:200] == noise[:200]).all()


def test_a_plate_that_is_missing_is_plain_grey_and_said(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(), plate=np.full((360, 640, 3), 200, np.uint8))

    def drawn(background: str) -> tuple[bool, int]:
        output = tmp_path / "heat.png"
        (rendered,) = render_cameras(
            store=store,
            selection=Selection(),
            drawing=Drawing(RenderSettings(display_legend=False), background),
            output=output,
        )
        return rendered.plate_missing, int(read_picture(output)[-1, -1, 0])

    assert drawn("plate") == (False, 200)
    assert row.plate is not None
    (store.path / row.plate).write_bytes(b"half a pic")
    assert drawn("plate") == (True, 40)
    (store.path / row.plate).unlink()
    assert drawn("plate") == (True, 40)
    with pytest.raises(InputError, match="cannot be read"):
        drawn(str(tmp_path / "gone.png"))


def test_a_store_without_clips_has_nothing_to_render(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with pytest.raises(UsageError, match="the store holds no clips"):
        render_cameras(store=store, selection=Selection(), drawing=Drawing(RenderSettings()))


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,380,200,20,80,1\n")
    selection = stored(tmp_path / "gt.txt", tmp_path)
    with pytest.raises(UsageError, match="no format"):
        render(selection=selection, drawing=Drawing(RenderSettings()), output=tmp_path / "heat.gif")
