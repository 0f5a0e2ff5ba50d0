"""What commands say: one object on stdout with `--json`, everything else on stderr."""

import json
import sys
from collections.abc import Mapping, Sequence


def say(message: str, *, quiet: bool = False) -> None:
    """Tell the user something on stderr; nothing where they asked for quiet."""
    if not quiet:
        print(message, file=sys.stderr)


def emit(result: Mapping[str, object]) -> None:
    """Print the one object of `--json` on stdout."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    # File names need not be UTF-8: a byte that is none becomes an escape, which JSON has as well.
    print(text.encode("utf-8", "backslashreplace").decode())


def aligned(lines: Sequence[Sequence[str]], *, words: int | None = None) -> str:
    """Lay cells out in columns, each as wide as its widest cell.

    Args:
        lines: of cells, all with as many.
        words: how many columns are of words, the others being of numbers, which stand at the right; None for
            all.
    """
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    places = ["<" if words is None or number < words else ">" for number in range(len(columns))]
    rows = (zip(line, places, widths, strict=True) for line in lines)
    return "\n".join(
        "  ".join(f"{cell:{place}{width}}" for cell, place, width in row).rstrip() for row in rows
    )
