"""`heatcli zones`: the page on the disk, the page that writes, and what is told when neither can be."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.drawing import CONFIGURATION, Hand, make_shop
from tests.support.places import ROOT
from tests.support.store_runs import clip_row, put


@pytest.fixture
def shop(folder: Path) -> Path:
    make_shop(folder)
    return folder


def test_a_page_is_written_and_told(shop: Path) -> None:
    told = answer(run("zones", "SHO", "--json"))
    assert told == {"store": "heat-store", "camera": "shop", "page": "zones-shop.html"}
    assert "http" not in (shop / "zones-shop.html").read_text().split("<script")[0].replace("http-equiv", "")
    assert done(run("zones", "shop", "-o", "page.html")).stdout == ""
    assert (shop / "page.html").is_file()


def test_without_a_configuration_there_is_still_a_page(shop: Path) -> None:
    (shop / "heatcli.toml").unlink()
    done(run("zones", "shop"))
    assert "there is no heatcli.toml to write to" in refused(run("zones", "shop", "--serve"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("zones", "shp"), "no camera 'shp' in the store; it has 'shop'"),
        (("zones", "o"), "o: means 2 cameras; give the name of one: door, shop"),
        (
            ("zones", "door"),
            "the store has no picture of camera 'door', on which zones are drawn; analyse one",
        ),
        (("zones", "shop", "-o", "page.pdf"), "no format has this extension"),
        (("zones", "shop", "--serve", "-o", "page.html"), "-o page.html is for a page on the disk"),
        (("zones", "shop", "--store", "gone"), "no heat store here"),
        (("zones", "shop", "--serve", "--config", "other.toml"), "does not have camera 'shop'; add it with"),
        (("zones", "shop", "--serve", "--config", "fixed.toml"), "fixed.toml: is read-only"),
        (("zones",), "CAMERA"),
    ],
)
def test_what_cannot_be_is_one_line(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    (shop / "heatcli.toml").write_text(f"{CONFIGURATION}\n[cameras.door]\n")
    (shop / "other.toml").write_text("")
    (shop / "fixed.toml").write_text(CONFIGURATION)
    (shop / "fixed.toml").chmod(0o444)
    assert message in refused(run(*arguments))


def test_clips_of_another_shape_are_told(shop: Path) -> None:
    row = clip_row("shop", "b" * 16, start=datetime(2026, 3, 10, 9, tzinfo=UTC), width=640, height=480)
    put(Store.open(shop / "heat-store"), row)
    told = done(run("zones", "shop")).stderr
    assert "frames of camera 'shop' have had another shape than this picture of 640x360: 640x480" in told


@pytest.fixture
def served(shop: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "heatcli", "zones", "shop", "--serve", "--json"],
        cwd=shop, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield process
        process.kill()


@pytest.mark.slow
def test_the_page_writes_the_configuration(
    browser: Browser, served: subprocess.Popen[str], shop: Path
) -> None:
    assert served.stdout is not None
    assert served.stderr is not None
    url = json.loads(served.stdout.readline())["url"]
    tab = browser.new_context().new_page()
    tab.goto(url)
    hand = Hand(tab)
    hand.take("line")
    hand.drag((0.2, 0.2), (0.7, 0.7))
    hand.call("gate")
    hand.select("till")
    hand.call("Kasse 1")
    tab.click("#save")
    expect(tab.locator("#told")).to_have_text("Saved to heatcli.toml.")
    text = (shop / "heatcli.toml").read_text()
    begin, end = hand.is_at((0.2, 0.2)), hand.is_at((0.7, 0.7))
    wanted = CONFIGURATION.replace("till = {", '"Kasse 1" = {').replace('"till"', '"Kasse 1"')
    line = "door = { line = [[0.0, 0.8], [0.2, 0.9]] }\n"
    assert text == wanted.replace(line, f"{line}gate = {{ line = [{begin}, {end}] }}\n")
    # Saved again after a change, and not any more once somebody else has changed the file.
    hand.select("gate")
    tab.keyboard.press("Delete")
    tab.keyboard.press("Control+s")
    expect(tab.locator("#paste")).to_have_text("The file says what is drawn.")
    assert (shop / "heatcli.toml").read_text() == wanted
    (shop / "heatcli.toml").write_text(f"{wanted}# somebody was here\n")
    hand.select("door")
    tab.keyboard.press("Delete")
    tab.click("#save")
    expect(tab.locator("#told")).to_contain_text("was changed since this page was opened")
    assert (shop / "heatcli.toml").read_text().endswith("# somebody was here\n")
    tab.context.close()
    served.send_signal(signal.SIGINT)
    assert served.wait(10) == 0
    said = served.stderr.read()
    assert said.splitlines()[-1] == "ended"
    assert url.split("token=")[1] not in said


@pytest.mark.slow
def test_what_is_drawn_while_it_is_being_saved_is_not_called_saved(
    browser: Browser, served: subprocess.Popen[str], shop: Path
) -> None:
    assert served.stdout is not None
    tab = browser.new_context().new_page()
    tab.goto(json.loads(served.stdout.readline())["url"])
    hand = Hand(tab)

    held: list[Route] = []
    tab.route("**/save", lambda route: held.append(route), times=1)
    hand.select("door")
    tab.keyboard.press("Delete")
    with tab.expect_request("**/save"):
        # At once: the page has not been drawn anew yet.
        tab.keyboard.press("Control+s")
    tab.keyboard.press("Control+z")
    # A second request would say that the file had changed since the page was opened.
    tab.keyboard.press("Control+s")
    hand.settle()
    held[0].continue_()
    expect(tab.locator("#told")).to_have_text("Saved to heatcli.toml.")
    expect(tab.locator("#paste")).to_have_text("There are changes that are not saved.")
    assert "door = {" not in (shop / "heatcli.toml").read_text()
    tab.keyboard.press("Control+s")
    expect(tab.locator("#paste")).to_have_text("The file says what is drawn.")
    assert "door = {" in (shop / "heatcli.toml").read_text()
    tab.context.close()
