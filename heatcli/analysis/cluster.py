"""The connection to a Ray cluster: made without a word of Ray's, or refused in one line."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from heatcli.config.cluster import RayConfig
from heatcli.errors import ClusterError, UsageError

_log = logging.getLogger(__name__)

# Seconds that the head of a cluster may take to answer; Ray itself would try for minutes.
_ANSWERS_S = 5.0
# Bytes of Ray's memory for objects on a machine of its own: only paths and rows of clips go through it.
_OBJECT_BYTES = 100_000_000
# Address of a Ray that is started for this program alone, and of one that runs on this machine.
_ALONE, _HERE = "local", "auto"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which cluster there is, and what of it this program takes.

    Attributes:
        each: what one analysis takes of its node.
        address: address of the head, `HOST:PORT`, or `auto` for the cluster that this machine belongs to;
            None for what `RAY_ADDRESS` says, else for this machine alone.
        most: largest number of analyses at once; None for as many as the nodes have room for.
    """

    each: RayConfig
    address: str | None = None
    most: int | None = None

    def room(self) -> int:
        """Return for how many analyses the nodes have room, if nobody else uses them.

        Call it while connected.
        """
        import ray

        return sum(self._room_on(node["Resources"]) for node in ray.nodes() if node["Alive"])

    def _room_on(self, has: dict[str, float]) -> int:
        room = has.get("CPU", 0.0) // self.each.num_cpus
        if self.each.num_gpus:
            room = min(room, has.get("GPU", 0.0) // self.each.num_gpus)
        return int(room)


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Belong to a cluster within the `with`; a program that already does stays in its own.

    Args:
        address: see `Cluster`.

    Raises:
        UsageError: Ray is not installed, or the address is none.
        ClusterError: the cluster cannot be reached, or has another version of Ray or Python.
    """
    try:
        # What is analysed, and where, is nobody's business.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray
    except ImportError as error:
        raise UsageError("--engine ray needs Ray: pip install 'heatcli[ray]'") from error
    if ray.is_initialized():
        yield
        return
    address = address or os.environ.get("RAY_ADDRESS") or _ALONE
    _check_answers(address)
    alone = {"include_dashboard": False, "object_store_memory": _OBJECT_BYTES} if address == _ALONE else {}
    with _silent():
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL, **alone)
        except (ConnectionError, RuntimeError, ValueError) as error:
            why = " ".join(str(error).split())
            raise ClusterError(
                f"{address}: no Ray cluster can be joined ({why}); start heatcli on a node of the cluster, "
                "with the cluster's versions of Ray and Python"
            ) from error
        try:
            yield
        finally:
            ray.shutdown()


def _check_answers(address: str) -> None:
    """Make sure that something answers at an address.

    Raises:
        UsageError: the address is none.
        ClusterError: nothing answers.
    """
    if address in (_ALONE, _HERE):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise UsageError(
            f"--ray-address {address}: is no HOST:PORT of a head, such as 10.0.0.5:6379; heatcli runs on a "
            "node of the cluster, which `ray job submit` sees to"
        )
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWERS_S).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise ClusterError(
            f"{address}: no Ray cluster answers ({why}); start one with `ray start --head`, or correct "
            "--ray-address"
        ) from error


@contextmanager
def _silent() -> Iterator[None]:
    """Keep Ray from printing, within the `with`, what happens on nodes; it goes to the log.

    Ray prints it to standard output, which is for results.
    """
    from ray._private import worker

    printing = worker.print_to_stdstream
    worker.print_to_stdstream = _to_log
    try:
        yield
    finally:
        worker.print_to_stdstream = printing


def _to_log(data: dict[str, Any], **_: object) -> None:
    for text in data["lines"]:
        _log.debug("Ray: %s", text)
