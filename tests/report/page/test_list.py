"""The list of cameras beside both views: free choice, filters, a calendar, and views saved from the page."""

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from heatcli.config.models import load_config
from heatcli.config.options import read_options
from heatcli.names import PeriodKind
from heatcli.report.page.build import write_page
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.page_tab import ZAGREB, Sample, Tab, report_of, settle, text_of, walk


def shown(tab: Page) -> list[str]:
    settle(tab)
    return tab.locator(".card:visible h2").all_inner_texts()


def listed(tab: Page) -> list[str]:
    settle(tab)
    return tab.locator("#list li:visible .name").all_inner_texts()


def pressed(tab: Page) -> list[str]:
    settle(tab)
    return tab.locator("#calendar-days [aria-pressed=true]").all_inner_texts()


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a month in which a camera recorded on two days."""
    folder = tmp_path_factory.mktemp("month")
    store = Store.create_or_open(folder / "store")
    for day, people in ((3, 2), (14, 3)):
        walk(store, "door", datetime(2026, 3, day, 10, tzinfo=ZAGREB), f"{day:016d}", people=people)
    (folder / "c.toml").write_text("")
    write_page(folder, report_of(store, folder / "c.toml", kind=PeriodKind.MONTHLY))
    return folder / "report.html"


def test_several_cameras_are_chosen_freely(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        tab.get_by_role("checkbox", name="Choose store").check()
        assert shown(tab) == ["store"]
        tab.get_by_role("checkbox", name="Choose attic").check()
        assert shown(tab) == ["attic", "store"]
        assert text_of(tab, "#shown") == "2 of 3 cameras"
        assert listed(tab) == ["attic", "door", "store"]
        tab.wait_for_url("**picked=*")
        tab.reload()
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert shown(tab) == ["attic", "store"]
        tab.locator("#search").fill("store")
        assert shown(tab) == ["store"]
        tab.locator("#search").fill("door")
        assert shown(tab) == []
        assert tab.get_by_text("None of the chosen cameras passes the filters").is_visible()
        tab.locator("#search").fill("")
        tab.get_by_role("button", name="Show all").click()
        assert shown(tab) == ["attic", "door", "store"]


def test_the_list_and_its_filters_stay_beside_an_open_camera(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        tab.locator("#list").get_by_role("link", name="store").click()
        assert text_of(tab, "#camera-name") == "store"
        tab.locator("#location").select_option("Depot")
        assert listed(tab) == ["door"]
        assert text_of(tab, "#camera-name") == "store"
        tab.locator("#location").select_option("")
        tab.locator("#search").fill("OOR")
        assert listed(tab) == ["door"]
        tab.locator("#list").get_by_role("link", name="door").click()
        assert text_of(tab, "#camera-name") == "door"
        assert tab.locator("#list [aria-current=true]").count() == 1
        tab.locator("#from").select_option("2026-03-14 12:00")
        assert "of 12 h" in text_of(tab, "#camera-note")


def test_on_a_phone_the_list_opens_above_the_maps(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, width=375) as tab:
        assert listed(tab) == []
        tab.get_by_text("Cameras and filters").click()
        tab.locator("#list").get_by_role("link", name="store").click()
        assert text_of(tab, "#camera-name") == "store"
        assert listed(tab) == []


def test_the_calendar_chooses_a_day_and_a_range(browser: Browser, month: Path) -> None:
    with Tab(browser, month) as tab:
        days = tab.locator("#calendar-days")
        assert pressed(tab) == []
        assert days.get_by_role("button", name="Sun 15 Mar, nothing recorded").is_visible()
        days.get_by_role("button", name="Sat 14 Mar", exact=True).click()
        assert pressed(tab) == ["14"]
        assert text_of(tab, "#chosen").startswith("Chosen: Sat 14 Mar. ")
        days.get_by_role("button", name="Thu 12 Mar, nothing recorded").click(modifiers=["Shift"])
        assert pressed(tab) == ["12", "13", "14"]
        assert tab.locator("#from").input_value() == "2026-03-12"
        days.get_by_role("button", name="Sun 1 Mar, nothing recorded").click()
        assert pressed(tab) == ["1"]
        days.get_by_role("button", name="Sun 1 Mar, nothing recorded").click()
        assert pressed(tab) == []
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Enter")
        assert pressed(tab) == ["9"]


def test_a_filter_is_saved_as_a_view_and_is_there_again(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#picked=door&hoursFrom=9&hoursTo=12&outliers=true") as tab:
        tab.get_by_role("button", name="Save as view…").click()
        tab.get_by_label("Name of the view").fill('early "doors"')
        tab.get_by_role("button", name="Save", exact=True).click()
        assert tab.locator("#view option:checked").inner_text() == 'early "doors"'
        tab.goto("about:blank")
        tab.goto(sample.page.as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert shown(tab) == ["attic", "door", "store"]
        tab.locator("#view").select_option('early "doors"')
        assert shown(tab) == ["door"]
        assert "09:00–12:00" in text_of(tab, "#chosen")
        assert tab.locator("#outliers").is_checked()
        tab.locator("#outliers").uncheck()
        assert tab.locator("#view option:checked").inner_text() == "None"
        tab.locator("#outliers").check()
        tab.locator("#view").select_option("")
        assert shown(tab) == ["attic", "door", "store"]
        assert not text_of(tab, "#hours").endswith("12:00")
        tab.locator("#view").select_option('early "doors"')
        tab.get_by_role("button", name="View early").click()
        tab.get_by_role("button", name="Remove").click()
        assert tab.locator("#view optgroup").count() == 0


def test_a_browser_that_keeps_nothing_says_so(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page) as tab:
        tab.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
        )
        tab.reload()
        tab.wait_for_selector("html[data-ready]", state="attached")
        tab.locator("#search").fill("door")
        tab.get_by_role("button", name="Save as view…").click()
        tab.get_by_label("Name of the view").fill("doors")
        tab.get_by_label("Name of the view").press("Enter")
        assert "keeps nothing for the page" in text_of(tab, "#view-told")
        assert tab.locator("#view option:checked").inner_text() == "doors"


@pytest.mark.parametrize("kept", ["no JSON", "[1, 2]", '{"x": 5, "y": "hoursFrom=99&picked=%E0%A4"}', "null"])
def test_what_else_is_kept_under_that_name_does_no_harm(browser: Browser, sample: Sample, kept: str) -> None:
    with Tab(browser, sample.page) as tab:
        tab.evaluate("(text) => localStorage.setItem('heatcli-views', text)", kept)
        tab.reload()
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert shown(tab) == ["attic", "door", "store"]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (
            "location=Depot&label=doors&hoursFrom=9&hoursTo=12&outliers=true",
            {
                "locations": ("Depot",),
                "labels": ("doors",),
                "hours": ("09:00-12:00",),
                "filter_outliers": True,
            },
        ),
        ("outliers=true&otherwise=door", {"filter_outliers": True}),
        ("search=O&hoursTo=8", {"cameras": ("door", "store"), "hours": ("00:00-08:00",)}),
        (
            "picked=attic,store&from=2026-03-14+10:00",
            {"cameras": ("attic", "store"), "hours": ("10:00-24:00",)},
        ),
    ],
)
def test_a_saved_view_is_written_as_the_configuration_takes_it(
    browser: Browser, sample: Sample, tmp_path: Path, address: str, wanted: dict[str, object]
) -> None:
    with Tab(browser, sample.page, f"#{address}") as tab:
        tab.get_by_role("button", name="Save as view…").click()
        tab.get_by_label("Name of the view").fill("my view")
        tab.get_by_role("button", name="Copy for heatcli.toml").click()
        tab.get_by_text("Copied for heatcli.toml.").wait_for()
        text = tab.evaluate("navigator.clipboard.readText()")
    assert list(tomllib.loads(text)["views"]) == ["my view"]
    (tmp_path / "heatcli.toml").write_text(text)
    view = load_config(tmp_path / "heatcli.toml").views["my view"]
    assert read_options(Selection, view.said) == Selection(**wanted)  # type: ignore[arg-type]  # made in the test


def test_days_of_a_month_are_written_as_dates(browser: Browser, month: Path, tmp_path: Path) -> None:
    with Tab(browser, month, "#from=2026-03-03&to=2026-03-14") as tab:
        tab.get_by_role("button", name="Save as view…").click()
        (tmp_path / "heatcli.toml").write_text(text_of(tab, "#view-toml"))
    view = load_config(tmp_path / "heatcli.toml").views["new-view"]
    assert read_options(Selection, view.said).dates == ((date(2026, 3, 3), date(2026, 3, 14)),)
