"""How many processes a machine is fit for, also in a container."""

import os
from pathlib import Path

import pytest

from heatcli.analysis.machine import cores, free_bytes, most_workers, usable_workers

GB = 10**9


def has_cores(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(count)))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 16 cores with 20 GB of free memory."""
    has_cores(monkeypatch, 16)
    write(tmp_path, {"proc/meminfo": f"MemTotal: 62500000 kB\nMemAvailable: {20 * GB // 1024} kB"})
    return tmp_path


def write(machine: Path, files: dict[str, object]) -> None:
    for name, text in files.items():
        (machine / name).parent.mkdir(parents=True, exist_ok=True)
        (machine / name).write_text(f"{text}\n")


def test_two_cores_each(machine: Path) -> None:
    assert usable_workers(100, machine) == 8
    assert usable_workers(3, machine) == 3
    assert usable_workers(1, machine) == 1


def test_one_on_a_small_machine(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for few in (1, 2, 3):
        has_cores(monkeypatch, few)
        assert usable_workers(100, machine) == 1


def test_no_more_than_memory_allows(machine: Path) -> None:
    write(machine, {"proc/meminfo": f"MemAvailable: {7 * GB // 2048} kB"})
    assert most_workers(machine) == 3
    assert usable_workers(100, machine) == 3
    write(machine, {"proc/meminfo": "MemAvailable: 1000 kB"})
    assert usable_workers(100, machine) == 1


def test_a_container_has_less(machine: Path) -> None:
    group = "sys/fs/cgroup/docker/c0ffee"
    write(
        machine,
        {
            "proc/self/cgroup": "0::/docker/c0ffee/init",
            f"{group}/init/cpu.max": "max 100000",
            f"{group}/cpu.max": "600000 100000",
            f"{group}/memory.max": 4 * GB,
            f"{group}/memory.current": 3 * GB,
            f"{group}/memory.stat": f"anon 5\ninactive_file {GB}\nslab 7",
        },
    )
    assert cores(machine) == 6
    assert free_bytes(machine) == 2 * GB
    assert usable_workers(100, machine) == 2


def test_so_has_one_with_control_groups_of_version_1(machine: Path) -> None:
    write(
        machine,
        {
            # The path is that outside of the container, where the folder of the container is the topmost.
            "proc/self/cgroup": "4:memory:/docker/c0ffee\n2:cpu,cpuacct:/docker/c0ffee\n0::/",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": 450000,
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": 100000,
            "sys/fs/cgroup/memory/memory.limit_in_bytes": 3 * GB,
            "sys/fs/cgroup/memory/memory.usage_in_bytes": GB,
            "sys/fs/cgroup/memory/memory.stat": f"cache 1\ntotal_inactive_file {GB // 2}",
        },
    )
    assert cores(machine) == 4
    assert free_bytes(machine) == 5 * GB // 2


def test_a_system_that_tells_nothing_gets_one(tmp_path: Path) -> None:
    assert cores(tmp_path) == len(os.sched_getaffinity(0))
    assert usable_workers(100, tmp_path) == 1
