"""A comparison as picture, table, numbers and JSON."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.comparison import CameraComparison, Region
from heatcli.config.settings import RenderSettings
from heatcli.errors import UsageError
from heatcli.files import check_output_file, file_name, output_file
from heatcli.heat.blocks import PER_HOUR
from heatcli.picture.camera import scene_of
from heatcli.picture.difference import draw_difference
from heatcli.picture.files import PICTURE_SUFFIXES, is_picture, output_or_default, write_picture
from heatcli.picture.title import compared_words, period_name

_HEADER = ("camera", "region", "x", "y", "area_pct", "a", "b", "difference", "low", "high", "p")
_TITLES = ("CAMERA", "REGION", "X", "Y", "AREA %", "A", "B", "B - A", "95 % FROM", "TO", "P")


def write_comparisons(
    found: Sequence[CameraComparison], *, settings: RenderSettings, output: Path | None, background: str
) -> list[Path]:
    """Write each comparison to a file of its own, or the table of all.

    `.npz`: `difference` float64 and `cluster` int32, both (rows, columns) and as in
    `heatcli.heat.compare.Comparison`; `p` of each cluster; and `metric unit reach a b`. `.csv`: one line per
    region of any camera. Picture: the regions that changed, drawn over the scene.

    Args:
        found: comparisons to write.
        settings: metric, grid and look of the picture.
        output: file to write, or folder for a file of each camera; None for the current folder. Files in a
            folder are called `compare-<camera>-<metric>-<period a>-<period b>.png`.
        background: `plate` for the camera's empty scene, `none` for plain grey, or a picture file.

    Returns:
        Paths of the written files.

    Raises:
        UsageError: the output's extension stands for no format, its folder does not exist, or it is one file
            for several cameras.
        InputError: the background file is no picture.
        OutputError: a file cannot be written.
    """
    if output is not None and output.suffix.lower() == ".csv":
        _write_csv(output, found)
        return [output]
    files = [output_or_default(output, _default_output(one, settings)) for one in found]
    if len(set(files)) < len(found):
        raise UsageError(
            f"-o {output}: {len(found)} cameras do not fit into one file; choose one with --camera, or "
            "name a folder"
        )
    for file, one in zip(files, found, strict=True):
        if is_picture(file):
            write_picture(file, _picture(one, settings, background))
        else:
            _write_npz(file, one, settings)
    return files


def _default_output(one: CameraComparison, settings: RenderSettings) -> Path:
    periods = f"{period_name([one.a])}-{period_name([one.b])}"
    return Path(f"compare-{file_name(one.name)}-{settings.metric}-{periods}.png")


def check_comparison_output(output: Path) -> None:
    """Refuse an output that could not be written, before any work is done; a folder is made.

    Raises:
        UsageError: the output's extension stands for no format, or its folder does not exist.
    """
    check_output_file(output_or_default(output, Path("any.png")), (*PICTURE_SUFFIXES, ".npz", ".csv"))


def region_lines(found: Sequence[CameraComparison]) -> list[tuple[str, ...]]:
    """Return the cells of a terminal's table of the regions that changed; the first line is its header."""
    lines: list[tuple[str, ...]] = [_TITLES]
    for camera, region, numbers in _region_rows(found):
        lines.append((camera, str(region), *(f"{number:.4g}" for number in numbers)))
    return lines


def comparison_summary(one: CameraComparison, settings: RenderSettings) -> dict[str, object]:
    """Return a comparison as an object for `--json`."""
    return {
        "a": {"camera": one.a.name, "covered_s": one.a.covered_us / 1e6, "blocks": one.blocks[0]},
        "b": {"camera": one.b.name, "covered_s": one.b.covered_us / 1e6, "blocks": one.blocks[1]},
        "metric": settings.metric,
        "unit": PER_HOUR[settings.metric],
        "reach": settings.reach,
        "block": one.by,
        "verdict": one.verdict,
        "can_tell": one.found.can_tell,
        "regions": [_region_summary(region) for region in one.regions],
    }


def _region_summary(region: Region) -> dict[str, object]:
    change = region.change
    known = {name: None if np.isnan(value) else value for name, value in asdict(change).items()}
    place = {"x": region.x, "y": region.y, "area_pct": region.area_pct}
    return {**place, **known, "difference": change.b - change.a, "p": region.p}


def _region_rows(found: Sequence[CameraComparison]) -> Iterator[tuple[str, int, list[float]]]:
    """Yield camera, number and figures of each region, in the order of `_HEADER`."""
    for one in found:
        for number, region in enumerate(one.regions, start=1):
            change = region.change
            place = [region.x, region.y, region.area_pct]
            rates = [change.a, change.b, change.b - change.a, change.low, change.high]
            yield one.name, number, [*place, *rates, region.p]


def _picture(one: CameraComparison, settings: RenderSettings, background: str) -> NDArray[np.uint8]:
    scene = scene_of(one.b, background)
    return draw_difference(
        scene.ground,
        scene.shown,
        one.found,
        settings=settings,
        words=(one.name, one.place, one.verdict),
        selected=compared_words(one.a, one.b),
    )


def _write_npz(path: Path, one: CameraComparison, settings: RenderSettings) -> None:
    with output_file(path) as beside, beside.open("wb") as file:
        np.savez_compressed(
            file,
            difference=one.found.difference,
            cluster=one.found.cluster,
            p=np.array(one.found.p),
            metric=np.array(str(settings.metric)),
            unit=np.array(PER_HOUR[settings.metric]),
            reach=np.array(settings.reach),
            a=np.array(one.a.name),
            b=np.array(one.b.name),
        )


def _write_csv(path: Path, found: Sequence[CameraComparison]) -> None:
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(_HEADER)
        for camera, region, numbers in _region_rows(found):
            lines.writerow([camera, region, *("" if np.isnan(number) else number for number in numbers)])
