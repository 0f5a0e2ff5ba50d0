"""All cameras on the page, and the page as a whole: one file, safe, readable, on a phone and on paper."""

import html
import json
import re
from base64 import b64decode
from datetime import date, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser

from heatcli.report.page.build import page, write_page
from heatcli.store.store import Store
from tests.support.page_tab import ZAGREB, Sample, Tab, report_of, text_of, walk

NASTY = (
    "<script>alert(1)</script>",
    "\"quotes\" & 'more'",
    "🛒 \u2028 </script><img src=x onerror=alert(1)>",
    "ورودی",
)


def test_cards_are_searched_filtered_and_laid_out(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:

        def shown() -> list[str]:
            return [card.inner_text() for card in tab.locator(".card:visible h2").all()]

        assert shown() == ["attic", "door", "store"]
        tab.locator("#search").fill("OOR")
        assert shown() == ["door"]
        assert text_of(tab, "#shown") == "1 of 3 cameras"
        tab.locator("#search").fill("nowhere")
        assert shown() == []
        assert tab.get_by_text("No camera passes all filters").is_visible()
        tab.locator("#search").fill("")
        tab.locator("#location").select_option("Sample shop")
        assert shown() == ["store"]
        tab.locator("#location").select_option("")
        tab.locator("#label").select_option("doors")
        assert shown() == ["door"]
        tab.locator("#label").select_option("")
        columns = "getComputedStyle(document.getElementById('cards')).gridTemplateColumns.split(' ').length"
        assert tab.evaluate(columns) == 2
        tab.get_by_role("radio", name="1").check(force=True)
        assert tab.evaluate(columns) == 1
        tab.wait_for_url("**columns=1*")
        tab.reload()
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert tab.evaluate(columns) == 1
        attic = tab.locator(".card", has_text="attic")
        assert attic.get_by_text("Nothing was recorded in this time.").is_visible()


def test_a_saved_view_chooses_cameras_and_time(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        tab.locator("#view").select_option("doors")
        assert [card.inner_text() for card in tab.locator(".card:visible h2").all()] == ["door"]
        tab.locator("#view").select_option("mornings")
        door = tab.locator(".card", has_text="door")
        door.get_by_text("1 min 40 s of 3 h", exact=True).wait_for()
        assert door.locator("dd").all_inner_texts() == ["3", "09:00", "1 min 40 s of 3 h"]
        assert tab.locator("#view option", has_text="red").is_disabled()
        assert tab.get_by_text("View red: a page cannot apply objects_to_track.").is_visible()


def test_a_camera_that_a_view_leaves_out_is_not_open(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store&zone=1") as tab:
        tab.locator("#view").select_option("mornings")
        assert "of 3 h" in text_of(tab, "#camera-note")
        tab.locator("#view").select_option("doors")
        assert not tab.locator("#detail").is_visible()
        assert text_of(tab, "#shown") == "1 of 3 cameras"
        tab.go_back()
        assert text_of(tab, "#subject") == "till"
    with Tab(browser, sample.page, "#camera=store&view=doors") as tab:
        assert text_of(tab, "#shown") == "1 of 3 cameras"


def test_back_leads_to_where_one_was(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        tab.locator("#cards").get_by_role("link", name="store", exact=True).click()
        assert tab.get_by_role("heading", name="store", exact=True).is_visible()
        assert tab.evaluate("document.activeElement.id") == "camera-name"
        tab.go_back()
        assert tab.evaluate("document.activeElement.textContent") == "store"
        assert tab.locator("#cards").get_by_role("link", name="door", exact=True).is_visible()
        tab.go_forward()
        assert tab.get_by_role("link", name="← All cameras").is_visible()


def test_cards_show_what_is_chosen_while_they_are_out_of_sight(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        door = tab.locator(".card", has_text="door")
        to = tab.get_by_role("slider", name="To hour")
        to.fill("12")
        door.get_by_text("1 min 40 s of 12 h", exact=True).wait_for()
        door.get_by_role("link").click()
        tab.get_by_role("button", name="Whole period").click()
        to.fill("12")
        tab.wait_for_url("**hoursTo=12*")
        tab.locator("#back").click()
        door.get_by_text("1 min 40 s of 12 h", exact=True).wait_for()


def test_nothing_recorded_is_said(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=attic") as tab:
        assert "Nothing was recorded at attic" in text_of(tab, "#nothing")
        assert not tab.locator("#map").is_visible()


@pytest.mark.parametrize("address", ["", "#camera=store&zone=1", "#camera=store&zone=circle%3D0.5,0.5,0.1"])
def test_it_fits_a_phone(browser: Browser, sample: Sample, address: str) -> None:
    with Tab(browser, sample.page, address, width=375) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") == 375


def test_a_camera_is_printed_on_two_sheets(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store&zone=1") as tab:
        paper = tab.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2


def test_paper_says_which_cameras_are_not_on_it(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for place in range(14):
        start = datetime(2026, 3, 14, 10, tzinfo=ZAGREB)
        walk(store, f"door {place}", start, f"{place:016d}", people=1)
    (tmp_path / "c.toml").write_text("")
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    cards = "#cards .card:visible"
    with Tab(browser, tmp_path / "report.html") as tab:
        tab.emulate_media(media="print")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        # A card that was never scrolled to has no heat yet: better it is missed than taken for cold.
        printed = tab.locator(cards).count()
        assert 9 <= printed < 14
        assert text_of(tab, "#paper") == f"Printed here: {printed} of 14 cameras."
        tab.emulate_media(media="screen")
        # Who asks for paper does not wait for a machine that is never idle.
        tab.evaluate("() => { requestIdleCallback = () => 0 }")
        tab.evaluate("() => { print = () => { document.documentElement.dataset.printed = 'true' } }")
        tab.get_by_role("button", name="Print").click()
        tab.wait_for_selector("html[data-printed]", state="attached")
        tab.emulate_media(media="print")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator(cards).count() == 14
        assert text_of(tab, "#paper") == ""
    with Tab(browser, tmp_path / "report.html", "#camera=door+3") as tab:
        tab.emulate_media(media="print")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator(cards).count() == 9
        assert text_of(tab, "#paper") == "Printed here: 9 of 14 cameras."


def test_everything_has_a_name_and_a_role(browser: Browser, sample: Sample) -> None:
    for address in ("", "#camera=store&zone=circle%3D0.5,0.5,0.1"):
        with Tab(browser, sample.page, address) as tab:
            tree = tab.context.new_cdp_session(tab).send("Accessibility.getFullAXTree")["nodes"]
            roles = {
                "button",
                "link",
                "slider",
                "combobox",
                "searchbox",
                "textbox",
                "switch",
                "radio",
                "image",
            }
            roles |= {"application", "checkbox", "region", "form"}
            named = [
                (node["role"]["value"], node["name"]["value"])
                for node in tree
                if not node["ignored"] and node["role"]["value"] in roles
            ]
            assert len(named) > 10
            assert [role for role, name in named if not name] == []


def test_text_is_dark_enough_to_read(browser: Browser, sample: Sample) -> None:
    contrast = """() => {
      const light = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (element) => {
        for (let one = element; one; one = one.parentElement) {
          const color = getComputedStyle(one).backgroundColor;
          if (!color.startsWith("rgba")) return color;
        }
        return "rgb(255, 255, 255)";
      };
      return [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility())
        .filter((one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
        .map((one) => {
          const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
          return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.textContent];
        });
    }"""
    for address in ("", "#camera=store&zone=1"):
        with Tab(browser, sample.page, address) as tab:
            found = tab.evaluate(contrast)
            assert len(found) > 20
            assert [text for ratio, text in found if ratio < 4.5] == []


def test_names_are_text_and_nothing_else(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    lines = []
    for place, name in enumerate(NASTY):
        walk(store, name, datetime(2026, 3, 14, 10, tzinfo=ZAGREB), f"{place:016d}")
        key = json.dumps(name, ensure_ascii=False)
        lines += [f"[cameras.{key}]", f"location = {key}", f"labels = [{key}]", f"[cameras.{key}.zones]"]
        lines += [f"{key} = {{ circle = [0.5, 0.5, 0.1] }}", f"[views.{key}]", f"cameras = [{key}]"]
    (tmp_path / "c.toml").write_text("\n".join(lines))
    report = report_of(store, tmp_path / "c.toml")
    write_page(tmp_path, report)
    written = (tmp_path / "report.html").read_text()
    assert not [name for name in NASTY[:3] if name in written]
    assert "onerror=alert(1)>" not in written
    with Tab(browser, tmp_path / "report.html") as tab:
        assert sorted(tab.locator(".card h2").all_text_contents()) == sorted(NASTY)
        for id in ("location", "label", "view"):
            assert set(NASTY) <= set(tab.locator(f"#{id} option").all_text_contents())
        for name in NASTY:
            tab.locator("#view").select_option(name)
            tab.locator(".card:visible a").click()
            assert tab.locator("#camera-name").text_content() == name
            tab.locator("#zones button").nth(1).click()
            assert tab.locator("#subject").text_content() == name
            assert f"{name}" in str(tab.locator("#zones button").nth(1).text_content())
            tab.locator("#back").click()


def test_the_page_is_one_file_that_asks_for_nothing(sample: Sample) -> None:
    written = sample.page.read_text()
    assert len(written) < 4_000_000
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', written)[0])
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert not re.findall(r'<(?:link|img|iframe|script)[^>]*(?:src|href)="(?!data:)', written)


def test_the_plate_is_a_small_picture_in_its_true_shape(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    walk(store, "shop", datetime(2026, 3, 14, 10, tzinfo=ZAGREB), "a" * 16)
    (tmp_path / "c.toml").write_text("")
    plate = re.findall(
        r'"plate": "data:image/jpeg;base64,([^"]*)"', page(report_of(store, tmp_path / "c.toml"))
    )[0]
    picture = cv2.imdecode(np.frombuffer(b64decode(plate), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (360, 640, 3)
    for file in (tmp_path / "store/plates").iterdir():
        file.unlink()
    assert '"plate": null' in page(report_of(store, tmp_path / "c.toml"))


def test_points_that_cannot_be_unpacked_are_told_of(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        assert not tab.locator("#failed").is_visible()
        tab.add_init_script("delete globalThis.DecompressionStream")
        tab.reload()
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert "DecompressionStream is not defined" in text_of(tab, "#failed")
        assert not tab.locator("#when").is_visible()
        tab.locator("#cards").get_by_role("link", name="door", exact=True).click()
        tab.locator("#panes").wait_for(state="hidden")
        assert tab.locator("#failed").is_visible()


def test_a_period_without_recordings_says_so(browser: Browser, sample: Sample, tmp_path: Path) -> None:
    write_page(tmp_path, report_of(sample.store, sample.config, day=date(2025, 7, 1)))
    with Tab(browser, tmp_path / "report.html") as tab:
        assert "Nothing was recorded in this period" in text_of(tab, "#covered")
        assert tab.get_by_text("Nothing was recorded in this time.").count() == 3
