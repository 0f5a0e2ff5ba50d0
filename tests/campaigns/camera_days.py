"""Follow drawn cameras over sixty ordinary days each, and over events: how many are told, and how exactly.

    python -m tests.campaigns.camera_days --places 12 --days 60

Half of the places have few textures, a third is outdoors, a quarter has no infra-red at night. Nine pictures
a day.
"""

import argparse
import sys
from collections import Counter

import numpy as np

from tests.select.test_views import Hang, followed
from tests.support.camera_days import SIZE, Camera, DrawnPlace

HOURS = (1.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 23.0)
# Days before an event, which then lasts for one day.
_BEFORE = 3


def place(seed: int) -> DrawnPlace:
    """Return one of the places."""
    return DrawnPlace(seed, textured=seed % 2 == 1, outdoors=seed % 3 == 0, infra_red=seed % 4 != 0)


def events(seed: int) -> dict[str, Hang]:
    """Return what happens to a camera on its last day, by name."""
    cameras = {
        "turned by 1°": Camera(turned=1),
        "turned by 3°": Camera(turned=3),
        "turned by 10°": Camera(turned=10),
        "moved by 5 pixels": Camera(moved=(4, -3)),
        "moved by 30 pixels": Camera(moved=(29, 8)),
        "covered": Camera(covered=1),
        "covered by 70 %": Camera(covered=0.7),
        "out of focus": Camera(blur=4),
        "without light": Camera(lit=0),
    }
    found: dict[str, Hang] = {
        name: lambda day, _, camera=camera: camera if day == _BEFORE else None  # type: ignore[misc]
        for name, camera in cameras.items()
    }
    other = place(seed + 100)
    found["another scene"] = lambda day, _: other if day == _BEFORE else None
    return found


def main() -> int:
    """Run the campaign and print numbers; the exit code is 1 if an ordinary picture is told."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=12)
    parser.add_argument("--first", type=int, default=1, help="number of the first place")
    parser.add_argument("--days", type=int, default=60)
    said = parser.parse_args()
    told = pictures = 0
    for seed in range(said.first, said.first + said.places):
        states = followed(place(seed), said.days, HOURS, lambda _day, _hour: None)
        wrong = [
            when
            for when, one in states.items()
            if one.condition or one.change or one.view or not one.placement.is_none
        ]
        told, pictures = told + len(wrong), pictures + len(states)
        print(f"place {seed}: {len(wrong)} of {len(states)} ordinary pictures told {wrong[:5]}", flush=True)
        for name, hang in events(seed).items():
            found, errors, degrees = Counter[str](), [], []
            for (day, hour), one in followed(place(seed), _BEFORE + 1, (8.0, 12.0, 16.0, 23.0), hang).items():
                if day < _BEFORE:
                    told += bool(one.condition or one.change or one.view)
                    continue
                camera = hang(day, hour)
                kind = one.condition or ("told" if one.change else "not told")
                if one.change and one.change.placement is None:
                    kind = "another scene"
                elif one.change and one.change.placement and isinstance(camera, Camera):
                    is_ = one.change.placement.inverse()
                    errors.append(
                        float(np.hypot(is_.x * SIZE[0] - camera.moved[0], is_.y * SIZE[0] - camera.moved[1]))
                    )
                    degrees.append(abs(is_.degrees - camera.turned))
                found[str(kind)] += 1
            exact = f"; off by at most {max(errors):.1f} pixels, {max(degrees):.2f}°" if errors else ""
            print(f"    {name}: {dict(found)}{exact}", flush=True)
    print(f"{told} of {pictures} ordinary pictures were told", flush=True)
    return int(told > 0)


if __name__ == "__main__":
    sys.exit(main())
