"""The figures of a night for the textfile collector of Prometheus' node exporter."""

import time
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from heatcli.commands.run import Night
from heatcli.errors import OutputError
from heatcli.select.views.camera import TROUBLES

SUFFIXES = (".prom",)


def write_metrics(path: Path, night: Night) -> None:
    """Write the figures of a night, whole or not at all.

    Half-written, the file has another ending, which the collector does not read. What is not known of this
    night is left out.

    Args:
        path: file to write; one of that name is replaced.
        night: how the night ended.

    Raises:
        OutputError: the file cannot be written; the old one is untouched.
    """
    registry = CollectorRegistry()

    def gauge(name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"heatcli_{name}", meaning, labels, registry=registry)

    gauge("last_run_timestamp_seconds", "Time at which the last run ended, Unix time.").set(time.time())
    gauge("failed_steps", "Steps of the last run that were not done, or not wholly.").set(night.failed)
    gauge("clips_done", "Clips that the last run analysed.").set(night.analysed)
    gauge("clips_failed", "Clips that the last run could not do.").set(night.undone)
    if night.standing is not None:
        gauge("store_bytes", "Bytes of all files in the store.").set(night.standing.store_bytes)
        behind = gauge(
            "behind_hours",
            "Hours for which the oldest recording waits that is newer than all that are stored.",
            "camera",
        )
        covered = gauge(
            "covered_yesterday_seconds",
            "Seconds of yesterday, by the camera's clock, that were watched.",
            "camera",
        )
        views = gauge(
            "view_trouble",
            "1 for a camera that was dark or blind, had moved or turned, or showed another scene on its last "
            "two days; 0 for others.",
            *("camera", "kind"),
        )
        found = {(trouble["camera"], trouble["kind"]) for trouble in night.troubles}
        for one in night.standing.cameras:
            for kind in TROUBLES:
                views.labels(camera=one.camera, kind=kind.replace(" ", "_")).set((one.camera, kind) in found)
            behind.labels(camera=one.camera).set(one.behind_h)
            covered.labels(camera=one.camera).set(one.covered_yesterday_s)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}); the old file is untouched"
        ) from error
