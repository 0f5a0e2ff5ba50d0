"""What commands say: one object on stdout with `--json`, everything else on stderr."""

import json
import sys
from collections.abc import Mapping


def say(message: str, *, quiet: bool = False) -> None:
    """Tell the user something on stderr; nothing where they asked for quiet."""
    if not quiet:
        print(message, file=sys.stderr)


def emit(result: Mapping[str, object]) -> None:
    """Print the one object of `--json` on stdout."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    # File names need not be UTF-8: a byte that is none becomes an escape, which JSON has as well.
    print(text.encode("utf-8", "backslashreplace").decode())
