"""OpenVINO's runtime, which runs models without torch."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from heatcli.errors import WeightsError
from heatcli.files import cache_folder
from heatcli.video.threads import thread_limit


def import_openvino(wanted_by: Path) -> Any:
    """Import the runtime.

    Args:
        wanted_by: path of the model that needs the runtime, for the message.

    Raises:
        WeightsError: OpenVINO is not installed.
    """
    # OpenVINO's telemetry package reports each import to its maker and keeps files in the user's home;
    # OpenVINO does without if the package is missing
    # (https://github.com/openvinotoolkit/openvino/pull/23832).
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not to be imported
    try:
        import openvino
        import openvino.preprocess
    except ImportError as error:
        raise WeightsError(
            f"{wanted_by}: OpenVINO, which runs it, cannot be imported ({error}); pip install openvino"
        ) from error
    return openvino


def new_core(openvino: Any) -> Any:
    """Start the runtime, which keeps what it compiles in the user's cache folder.

    It goes by hashes of the network, of the settings and of its own version, and compiles anew what was cut
    short. A network of a few megabytes is ready in half the time.
    """
    core = openvino.Core()
    compiled = cache_folder() / "openvino" / "compiled"
    with suppress(OSError):  # a home that is not there, or read-only: it is compiled each time
        compiled.mkdir(parents=True, exist_ok=True)
        core.set_property({"CACHE_DIR": str(compiled)})
    return core


def processor_settings() -> dict[str, Any]:
    """Return the settings of a model on the processor: many frames, on as many threads as are allowed."""
    limit = thread_limit()
    threads = {} if limit is None else {"INFERENCE_NUM_THREADS": limit}
    return {"PERFORMANCE_HINT": "THROUGHPUT", **threads}


def last_line(error: BaseException) -> str:
    """Return the last line of an error of the runtime, which has the reason; the others are a stack trace."""
    return (str(error).strip().splitlines() or ["unknown error"])[-1]
