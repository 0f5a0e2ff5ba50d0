"""Searching every file of a store for what must not be in it: raw bytes, and what Parquet files hold."""

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl


def atoms(frame: pl.DataFrame) -> set[object]:
    """All values of a frame that tell something of somebody or of a clip, in lists and structs too."""
    found: set[object] = set()
    for series in frame.get_columns():
        if isinstance(series.dtype, pl.List):
            found |= atoms(series.explode(empty_as_null=False, keep_nulls=False).to_frame())
        elif isinstance(series.dtype, pl.Struct):
            found |= atoms(series.struct.unnest())
        elif series.dtype == pl.Datetime:
            found |= set(series.cast(pl.Int64).drop_nulls().to_list())
        elif isinstance(series.dtype, pl.Map):
            found |= {str(one) for one in series.drop_nulls().to_list()}
        else:
            found |= set(series.drop_nulls().unique().to_list())
    return {value for value in found if _tells(value)}


def files_with(store: Path, values: Collection[object]) -> Iterator[tuple[str, object]]:
    """Yield each file of a store that has one of these values, and one that it has."""
    texts = {repr(value).strip("'") for value in values if not isinstance(value, bytes)}
    raw = {value for value in values if isinstance(value, bytes)} | {text.encode() for text in texts}
    for file in store.rglob("*"):
        if not file.is_file():
            continue
        name = str(file.relative_to(store))
        content = file.read_bytes() + name.encode()
        hit: object = next((one for one in raw if one in content), None)
        if hit is None and ".parquet" in name:
            held = atoms(pl.read_parquet(file, hive_partitioning=False))
            # Statistics in a checkpoint are values within a text.
            text = "\n".join(one for one in held if isinstance(one, str))
            hit = next(iter(held.intersection(values)), None) or next(
                (one for one in texts if one in text), None
            )
        if hit is not None:
            yield name, hit


def _tells(value: object) -> bool:
    """Whether a value is a fraction with many digits, a long number, or some text or bytes."""
    if isinstance(value, float):
        return len(repr(value)) > 9
    if isinstance(value, int):
        return value > 10**15
    return isinstance(value, str | bytes) and len(value) > 11
