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


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lay cells out in columns, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = (zip(line, widths, strict=True) for line in lines)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in rows)
