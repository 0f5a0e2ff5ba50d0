"""A small Ray cluster on this machine, whose nodes can be killed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Nodes have so many cores; those of this machine are not asked for.
CORES = 2


@contextmanager
def ray_cluster(nodes: int) -> Iterator[Any]:
    """Start a head that takes no work, and so many nodes; end all of them with the `with`.

    Yields:
        A `ray.cluster_utils.Cluster`.
    """
    from ray.cluster_utils import Cluster

    folder = tempfile.mkdtemp(prefix="ray")
    small = {"object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(True, head_node_args={"num_cpus": 0, "temp_dir": folder, **small})
    try:
        for _ in range(nodes):
            cluster.add_node(wait=False, num_cpus=CORES, **small)
        cluster.wait_for_nodes()
        yield cluster
    finally:
        cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
