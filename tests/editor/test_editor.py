"""The page on which zones are drawn, driven in a browser: what it gives is what was drawn, to the digit."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.commands.zones import zones_page
from heatcli.config.models import config_of, load_config
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.drawing import FLOOR, Hand, make_shop
from tests.support.page_tab import Tab

ODD = 'Kas.se "1" \\ü人'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    make_shop(folder)
    page(folder, folder / "zones-shop.html")
    return folder


def page(folder: Path, output: Path, more: str = "") -> Path:
    """Make the page of the shop."""
    file = folder / f"{output.stem}.toml"
    file.write_text((folder / "heatcli.toml").read_text() + more)
    store = Store.open(folder / "heat-store")
    zones_page(store=store, config=load_config(file), camera="shop", output=output)
    return output


@pytest.fixture
def tab(browser: Browser, shop: Path) -> Iterator[Page]:
    with Tab(browser, shop / "zones-shop.html") as opened:
        yield opened


@pytest.fixture
def hand(tab: Page) -> Hand:
    return Hand(tab)


def said(hand: Hand) -> dict[str, Any]:
    """Return what the page gives of the camera, which has to be valid as it stands."""
    found = tomllib.loads(hand.toml)["cameras"]["shop"]
    assert isinstance(found, dict)
    return found


def test_what_is_configured_is_on_the_page_as_it_is(hand: Hand) -> None:
    found = said(hand)
    assert found["zones"] == {
        "till": {"circle": [0.4, 0.6, 0.1], "kind": "queue"},
        "counter": {"polygon": [[0.6, 0.3], [0.9, 0.3], [0.9, 0.6], [0.6, 0.6]]},
        "door": {"line": [[0, 0.8], [0.2, 0.9]]},
    }
    assert found["staff_zones"] == ["counter"]


def test_zones_that_were_drawn_count_as_those_given_by_hand(hand: Hand, shop: Path) -> None:
    corners = [(0.11, 0.12), (0.47, 0.07), (0.52, 0.48), (0.3, 0.93), (0.07, 0.6)]
    hand.take("polygon")
    hand.click(*corners, corners[0])
    hand.call(ODD)
    hand.take("circle")
    hand.drag((0.75, 0.5), (0.9, 0.5))
    hand.call("round")
    hand.take("line")
    hand.drag((0.2, 0.1), (0.8, 0.9))
    config = config_of(hand.toml, shop / "heatcli.toml")
    zones = config.camera("shop").zones
    by_hand = tuple(tuple(hand.is_at(corner)) for corner in corners)
    (x, y), (rim, _) = hand.is_at((0.75, 0.5)), hand.is_at((0.9, 0.5))
    assert zones[ODD].polygon == by_hand
    assert zones["round"].circle == pytest.approx((x, y, rim - x), abs=1e-4)
    assert zones["line-1"].line == (tuple(hand.is_at((0.2, 0.1))), tuple(hand.is_at((0.8, 0.9))))

    def figures(query: ZoneQuery) -> list[object]:
        (report,) = zone_report(
            store=Store.open(shop / "heat-store"), selection=Selection(), query=query, config=config
        )
        return [zone.total for zone in report.zones]

    circle = ",".join(map(str, zones["round"].circle or ()))
    polygon = ",".join(str(number) for corner in by_hand for number in corner)
    assert figures(ZoneQuery(names=(ODD,))) == figures(ZoneQuery(polygons=(polygon,)))
    assert figures(ZoneQuery(names=("round",))) == figures(ZoneQuery(circles=(circle,)))


def test_a_zone_is_moved_bent_and_renamed_and_all_is_taken_back(hand: Hand) -> None:
    before = hand.toml
    hand.drag((0.75, 0.45), (0.65, 0.55))
    moved = said(hand)["zones"]["counter"]["polygon"]
    assert moved[0] == pytest.approx([0.5, 0.4], abs=2e-3)
    assert moved[2] == pytest.approx([0.8, 0.7], abs=2e-3)
    hand.drag(moved[0], (0.45, 0.3))
    assert said(hand)["zones"]["counter"]["polygon"] == [hand.is_at((0.45, 0.3)), *moved[1:]]
    # The middle of the right side becomes a corner.
    hand.drag((0.8, 0.55), (0.95, 0.5))
    assert len(said(hand)["zones"]["counter"]["polygon"]) == 5
    hand.page.keyboard.press("Delete")
    assert len(said(hand)["zones"]["counter"]["polygon"]) == 4
    hand.call("desk")
    found = said(hand)
    assert "desk" in found["zones"]
    assert found["staff_zones"] == ["desk"]
    assert '# cameras.shop.funnels.buy: names "counter", which is "desk" now.' in hand.toml
    hand.page.keyboard.press("ArrowRight")
    assert said(hand)["zones"]["desk"]["polygon"][1][0] == pytest.approx(moved[1][0] + 0.02)
    for _ in range(6):
        hand.page.keyboard.press("Control+z")
    assert hand.toml == before
    hand.page.keyboard.press("Control+y")
    assert said(hand)["zones"]["counter"]["polygon"] == moved


def test_masks_regions_and_their_roles_are_drawn(hand: Hand) -> None:
    hand.take("mask")
    hand.drag((0.1, 0.1), (0.3, 0.25))
    # The name is what the user goes on with.
    hand.page.keyboard.type("screen")
    hand.page.keyboard.press("Enter")
    hand.take("region")
    hand.click((0.2, 0.4), (0.9, 0.4), (0.9, 0.9))
    hand.page.keyboard.press("Enter")
    hand.page.check('[data-key="isArea"]')
    found = said(hand)
    left, right = hand.is_at((0.1, 0.1)), hand.is_at((0.3, 0.25))
    assert found["masks"] == {"screen": [left, [right[0], left[1]], right, [left[0], right[1]]]}
    assert found["area"] == ["region-1"]
    assert found["regions"]["region-1"] == [
        hand.is_at(place) for place in ((0.2, 0.4), (0.9, 0.4), (0.9, 0.9))
    ]
    hand.select("screen")
    hand.page.keyboard.press("Delete")
    assert "masks" not in said(hand)


def test_keys_alone_draw_a_zone_and_give_one_up(hand: Hand) -> None:
    for key in ("p", "Space", "ArrowRight", "ArrowRight", "Space", "Escape", "Escape"):
        hand.page.keyboard.press(key)
    assert len(said(hand)["zones"]) == 3
    for key in (
        "p",
        "Space",
        "ArrowRight",
        "Space",
        "Shift+ArrowDown",
        "Space",
        "ArrowLeft",
        "Space",
        "Control+z",
        "Backspace",
        "Enter",
    ):
        hand.page.keyboard.press(key)
    assert len(said(hand)["zones"]) == 3, "two corners are no zone"
    for key in ("Space", "ArrowLeft", "Space", "Enter"):
        hand.page.keyboard.press(key)
    hand.page.keyboard.press("Enter")
    assert said(hand)["zones"]["zone-1"]["polygon"][:2] == [[0.5, 0.5], [0.52, 0.5]]


def test_what_would_be_refused_is_told_and_cannot_be_copied(hand: Hand) -> None:
    hand.take("polygon")
    hand.click((0.1, 0.1), (0.5, 0.5), (0.5, 0.1), (0.1, 0.5))
    hand.page.keyboard.press("Enter")
    hand.call("till")
    assert "till: another one has this name" in hand.told("#mistakes")
    assert hand.page.locator("#copy").is_disabled()
    hand.call("bow")
    assert hand.told("#mistakes") == "bow: the side after corner 1 crosses the one after corner 3"
    hand.page.keyboard.press("Control+z")
    hand.page.keyboard.press("Control+z")
    hand.page.keyboard.press("Control+z")
    hand.page.click("#copy")
    assert hand.page.evaluate("navigator.clipboard.readText()") == hand.toml


def test_points_of_the_floor_are_put_on_picture_and_plan(
    browser: Browser, shop: Path, tmp_path: Path
) -> None:
    with Tab(browser, page(shop, tmp_path / "floor.html", FLOOR), width=1400) as tab:
        hand = Hand(tab)
        hand.take("point")
        hand.click((0.5, 0.7))
        assert "point 5 of the floor has no place on the plan yet" in hand.told("#mistakes")
        hand.click((0.5, 0.5), where="#plan")
        floor = said(hand)["floor"]
        x, y = hand.is_at((0.5, 0.5), "#plan")
        assert floor["points"][4]["image"] == hand.is_at((0.5, 0.7))
        assert floor["points"][4]["plan"] == pytest.approx([600 * x, 500 * y], abs=0.15)
        assert floor["points"][:4] == tomllib.loads(FLOOR)["cameras"]["shop"]["floor"]["points"]
        hand.select("Point 1")
        tab.keyboard.press("Delete")
        assert len(said(hand)["floor"]["points"]) == 4


def test_a_finger_draws(browser: Browser, shop: Path) -> None:
    context = browser.new_context(viewport={"width": 900, "height": 1200}, offline=True, has_touch=True)
    tab = context.new_page()
    tab.goto((shop / "zones-shop.html").as_uri())
    hand = Hand(tab)
    places = [(0.2, 0.2), (0.6, 0.2), (0.6, 0.5)]
    hand.take("polygon")
    for place in (*places, places[0]):
        tab.touchscreen.tap(*hand.on_screen(place))
    assert said(hand)["zones"]["zone-1"]["polygon"] == [hand.is_at(place) for place in places]
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
def test_the_whole_picture_is_on_the_screen(browser: Browser, shop: Path, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    tab = context.new_page()
    tab.goto((shop / "zones-shop.html").as_uri())
    tab.evaluate("document.getElementById('scene').style.setProperty('--aspect', '1.3333')")
    box = tab.locator("#scene").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    assert box["width"] / box["height"] == pytest.approx(4 / 3, abs=0.01)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
