"""OpenVINO's runtime: it runs models without torch. Not everybody has it installed."""

import sys
from pathlib import Path
from typing import Any

from heatcli.errors import WeightsError


def import_openvino(wanted_by: Path) -> Any:
    """Import the runtime.

    Args:
        wanted_by: the model that needs it, for the error.

    Raises:
        WeightsError: it is not installed.
    """
    # A part of OpenVINO that is not used here reports each import to its maker and keeps files in the user's
    # home for it, unless this package is missing (https://github.com/openvinotoolkit/openvino/pull/23832).
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not to be imported
    try:
        import openvino
        import openvino.preprocess
    except ImportError as error:
        raise WeightsError(
            f'{wanted_by}: OpenVINO is not installed, which runs it; pip install "heatcli[openvino]"'
        ) from error
    return openvino


def last_line(error: BaseException) -> str:
    """Return what an error of the runtime comes to, after all the places that it has passed through."""
    return (str(error).strip().splitlines() or ["unknown error"])[-1]
