"""Files of points, as scripts and spreadsheets write them."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.errors import PointsError
from heatcli.formats.points import PointFile

NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False))
HEADERS = st.sampled_from([None, ("x_coords", "y_coords"), ("x", "y"), ("X [px]", "Y [px]"), ('"x"', '"y"')])


def points_of(path: Path) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((0, 2)), *PointFile.open(path).batches()])


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "coords.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@given(
    points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30),
    header=HEADERS,
    separator=st.sampled_from([",", ";", "\t"]),
    spaces=st.tuples(*[st.sampled_from(["", " ", "  "])] * 4),
    end=st.sampled_from(["\n", "\r\n"]),
    empty=st.integers(0, 2),
    bom=st.booleans(),
    last_end=st.booleans(),
)
def test_every_way_to_write_points_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    points: Sequence[tuple[float, float]],
    header: tuple[str, str] | None,
    separator: str,
    spaces: tuple[str, str, str, str],
    end: str,
    empty: int,
    bom: bool,
    last_end: bool,
) -> None:
    before, left, right, after = spaces
    pairs = [*([header] if header else []), *((repr(x), repr(y)) for x, y in points)]
    lines = [f"{before}{x}{left}{separator}{right}{y}{after}" for x, y in pairs]
    text = end * empty + (end * (empty + 1)).join(lines) + (end if last_end else "")
    path = tmp_path_factory.getbasetemp() / "written.txt"
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    np.testing.assert_array_equal(points_of(path), np.array(points, dtype=np.float64))


def test_a_header_that_names_y_first_is_heeded(tmp_path: Path) -> None:
    assert points_of(written(tmp_path, "y_coords,x_coords\n1,2\n3,4\n")).tolist() == [[2, 1], [4, 3]]


@pytest.mark.parametrize(
    "text",
    [
        "time,x_m,y_m,name\n10:00,1,2,a\n10:01,3,4,b\n",
        'name,y_coords,x_coords\n"Smith, John",2,1\n"",4,3\n',
        "id;X;Y;x_m;y_m\n7;1,0;2,0;9;9\n8;3,0;4,0;9;9\n",
        "x,xy,y,z\n1,9,2,9\n\n3,9,4,9\n",
    ],
)
def test_columns_are_found_by_their_names(text: str, tmp_path: Path) -> None:
    assert points_of(written(tmp_path, text)).tolist() == [[1, 2], [3, 4]]


def test_more_columns_than_two_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(PointsError, match="line 1 names no columns x and y"):
        PointFile.open(written(tmp_path, "left,top,name\n1,2,a\n"))


def test_beside_semicolons_commas_are_decimal(tmp_path: Path) -> None:
    assert points_of(written(tmp_path, "1,5;2,25\n3;4.5\n")).tolist() == [[1.5, 2.25], [3, 4.5]]


def test_what_is_not_known_is_nan(tmp_path: Path) -> None:
    points = points_of(written(tmp_path, "1,2\nNaN,3\n,4\n5,null\nNA, \n"))
    nan = math.nan
    np.testing.assert_array_equal(points, [[1, 2], [nan, 3], [nan, 4], [5, nan], [nan, nan]])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x_coords,y_coords\n1,2\n3,oops\n", 3),
        ("1,2\n3\n", 2),
        ("1,2\n3,4,5\n", 2),
        ("1,2\n\ninf,4\n", 3),
        ("1,2\n3,-1e300\n", 2),
        ("1,2,3\n", 1),
        ("1 2\n", 1),
        ("one,2\n", 1),
        ("x,y,z\n1,2,3\n4,5\n", 3),
        ("x,y,z\n1,2,3\n4,oops,6\n", 3),
        ("x,y,z\n1,2,3\n4,5,6,7\n", 3),
        ("\n\n1,2\n\n3;4\n", 5),
        ("1,2\n1 2,3\n", 2),
        ("x,y\n1,2\nx,y\n", 3),
        ('"1","2"\n"3","4"\n', 1),
    ],
)
def test_a_line_that_is_no_point_is_named(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(PointsError, match=f"coords.txt: line {line} is no point"):
        points_of(written(tmp_path, text))


def test_lines_are_counted_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heatcli.formats.points._CHUNK", 10)
    lines = [f"{number},{number / 7!r}" for number in range(200)]
    path = written(tmp_path, "\n".join(lines))
    np.testing.assert_array_equal(points_of(path), [[n, n / 7] for n in range(200)])
    with pytest.raises(PointsError, match="line 151 is no point: 'bad, line'"):
        points_of(written(tmp_path, "\n".join([*lines[:150], "bad, line", *lines[150:]])))


def test_a_file_can_be_read_twice(tmp_path: Path) -> None:
    file = PointFile.open(written(tmp_path, "x,y\n1,2\n"))
    assert [batch.tolist() for batch in file.batches()] == [batch.tolist() for batch in file.batches()]


def test_a_header_alone_is_no_points(tmp_path: Path) -> None:
    assert len(points_of(written(tmp_path, "x_coords,y_coords\n"))) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is no point"),
        (b"\x00" * 10_000, "no text in UTF-8"),
        (b"1" * 10_000 + b",2", "is no point"),
        (b"1,2\n\xff\xfe,3\n", "no text in UTF-8"),
        ("1,2\n3,4\n".encode("utf-16"), "no text in UTF-8"),
    ],
)
def test_a_file_that_holds_no_points_is_told_so(text: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(PointsError, match=said):
        points_of(written(tmp_path, text))


def test_what_is_no_file_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(PointsError, match="is no file"):
        PointFile.open(tmp_path)
    with pytest.raises(PointsError, match="is no file"):
        PointFile.open(tmp_path / "gone.txt")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PointsError, match="is no file"):
        PointFile.open(tmp_path / "pipe")
