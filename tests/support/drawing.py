"""A camera to draw on, and a hand that draws in the browser."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page

from heatcli.store.store import Store
from tests.support.report_stores import HEIGHT, WIDTH, put_people

CONFIGURATION = """\
# A shop, written by hand.
timezone = "Europe/Zagreb"

[cameras.shop]
staff_zones = ["counter"]  # nobody else goes there

[cameras.shop.zones]
till = { circle = [0.4, 0.6, 0.1], kind = "queue" }   # the left one
counter = { polygon = [[0.6, 0.3], [0.9, 0.6]] }
door = { line = [[0.0, 0.8], [0.2, 0.9]] }

[cameras.shop.funnels.buy]
steps = ["counter", "till"]
"""
FLOOR = """
[cameras.shop.floor]
plan = "plan.png"
metres_per_pixel = 0.02
points = [
    { image = [0.1, 0.9], plan = [120, 400] },
    { image = [0.9, 0.9], plan = [480, 400] },
    { image = [0.8, 0.5], plan = [470, 120] },
    { image = [0.2, 0.5], plan = [130, 120] },
]
"""


def make_shop(folder: Path, *, plate: bool = True) -> Store:
    """Record some people who walk all over the picture, and write a configuration."""
    chance = np.random.default_rng(4)
    walks = chance.uniform(0, 1, (9, 2, 2))
    way = np.linspace(0, 1, 100)[None, :, None]
    feet = (walks[:, :1] + (walks[:, 1:] - walks[:, :1]) * way) * (WIDTH - 1, HEIGHT - 1)
    scene = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    store = Store.create_or_open(folder / "heat-store")
    put_people(
        store, "a" * 16, start=datetime(2026, 3, 14, 9, tzinfo=UTC), feet=feet,
        times_us=[second * 1_000_000 for second in range(100)], dt_us=[1_000_000] * 100,
        plate=scene if plate else None,
    )  # fmt: skip
    cv2.imwrite(str(folder / "plan.png"), np.full((500, 600, 3), 255, np.uint8))
    (folder / "heatcli.toml").write_text(CONFIGURATION)
    return store


class Hand:
    """Draws on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def take(self, tool: str) -> None:
        self.page.click(f'[data-tool="{tool}"]')

    def on_screen(self, place: Sequence[float], where: str = "#scene") -> tuple[float, float]:
        """Return where a place of a picture is on the screen, in whole pixels."""
        box = self.page.locator(where).bounding_box()
        assert box is not None
        return round(box["x"] + place[0] * box["width"]), round(box["y"] + place[1] * box["height"])

    def is_at(self, place: Sequence[float], where: str = "#scene") -> list[float]:
        """Return the fractions, to four digits, of the pixel at which `on_screen` has a place."""
        box = self.page.locator(where).bounding_box()
        assert box is not None
        x, y = self.on_screen(place, where)
        return [round((x - box["x"]) / box["width"], 4), round((y - box["y"]) / box["height"], 4)]

    def click(self, *places: Sequence[float], where: str = "#scene") -> None:
        for place in places:
            self.page.mouse.click(*self.on_screen(place, where))

    def drag(self, begin: Sequence[float], end: Sequence[float]) -> None:
        self.page.mouse.move(*self.on_screen(begin))
        self.page.mouse.down()
        self.page.mouse.move(*self.on_screen(end), steps=4)
        self.page.mouse.up()

    def call(self, name: str) -> None:
        """Give what is selected a name."""
        self.settle()
        self.page.fill("#name", name)
        self.page.keyboard.press("Enter")

    def select(self, name: str) -> None:
        self.page.locator("#drawn button", has_text=name).click()

    def settle(self) -> None:
        """Wait until all that was done is on the screen."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def told(self, selector: str) -> str:
        """Return a text of the page."""
        self.settle()
        return self.page.locator(selector).inner_text()

    @property
    def toml(self) -> str:
        return self.told("#toml")
