"""Which cameras are meant, and what `heatcli cameras` says of them."""

import pytest

from heatcli.cameras import matching_cameras
from heatcli.config import CameraConfig, Config
from heatcli.errors import UsageError

STORED = ["door", "back door", "Door 2", "till[1]", "till[2]", "yard"]
CONFIG = Config(
    cameras={
        "door": CameraConfig(location="Store 12", labels=("doors", "ground floor")),
        "back door": CameraConfig(location="Store 12", labels=("doors",)),
        "till[1]": CameraConfig(location="Store 1", labels=("tills",)),
        "roof": CameraConfig(location="Store 7", labels=("roofs",)),
    }
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, sorted(STORED)),
        ({"names": ["door"]}, ["door"]),
        ({"names": ["DOOR"]}, ["Door 2", "back door", "door"]),
        ({"names": ["oor"]}, ["Door 2", "back door", "door"]),
        ({"names": ["door*"]}, ["Door 2", "door"]),
        ({"names": ["till[1]"]}, ["till[1]"]),
        ({"names": ["till"]}, ["till[1]", "till[2]"]),
        ({"names": ["yar?", "door"]}, ["door", "yard"]),
        ({"locations": ["Store 1"]}, ["till[1]"]),
        ({"locations": ["store"]}, ["back door", "door", "till[1]"]),
        ({"labels": ["doors"]}, ["back door", "door"]),
        ({"labels": ["tills", "ground"]}, ["door", "till[1]"]),
        ({"names": ["back"], "labels": ["doors"], "locations": ["*12"]}, ["back door"]),
    ],
)
def test_the_cameras_that_are_meant(said: dict[str, list[str]], meant: list[str]) -> None:
    assert matching_cameras(STORED, CONFIG, **said) == meant


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"names": ["dor"]}, "no camera 'dor' in the store; it has 'door'"),
        ({"names": [""]}, "no camera '' in the store"),
        ({"locations": ["Stoer 12"]}, "no location 'Stoer 12' in the configuration; it has 'Store 12'"),
        ({"labels": ["dors"]}, "no label 'dors' in the configuration; it has 'doors'"),
        ({"names": ["yard"], "labels": ["doors"]}, "no camera that is all of this"),
        ({"labels": ["roofs"]}, "no camera that is all of this"),
    ],
)
def test_what_nobody_can_mean_is_refused(said: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matching_cameras(STORED, CONFIG, **said)
