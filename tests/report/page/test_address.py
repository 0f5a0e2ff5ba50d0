"""What the address of a page says is data from the outside, like all names."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from heatcli.report.page.build import write_page
from heatcli.store.store import Store
from tests.support.page_tab import ZAGREB, Tab, figures, report_of, text_of, walk

# What every object of JavaScript has, besides what was put into it.
_INHERITED = ("constructor", "toString", "__proto__")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on which a camera, a zone, a location, a label and a view have each of these names."""
    folder = tmp_path_factory.mktemp("address")
    store = Store.create_or_open(folder / "store")
    config = ""
    for place, name in enumerate(_INHERITED):
        walk(store, name, datetime(2026, 3, 14, 10, tzinfo=ZAGREB), f"{place}" * 16)
        config += f"[cameras.{name}]\nlocation = '{name}'\nlabels = ['{name}']\n"
        config += f"[cameras.{name}.zones]\n{name} = {{ circle = [0.5, 0.5, 0.2] }}\n"
        config += f"[views.{name}]\nlabels = ['{name}']\n"
    (folder / "heatcli.toml").write_text(config)
    write_page(folder, report_of(store, folder / "heatcli.toml"))
    return folder / "report.html"


@pytest.mark.parametrize("name", _INHERITED)
def test_names_that_every_object_has_are_names(browser: Browser, page: Path, name: str) -> None:
    with Tab(browser, page, f"#camera={name}&zone=1") as tab:
        expected = figures(tab)
    with Tab(browser, page, f"#view={name}&location={name}&label={name}") as tab:
        assert text_of(tab, "#shown") == "1 of 3 cameras"
        tab.locator("#cards").get_by_role("link", name=name).click()
        tab.locator("#zones").get_by_role("button", name=name).click()
        assert text_of(tab, "#subject") == name
        assert figures(tab) == expected


@pytest.mark.parametrize(
    "address",
    [
        *(f"metric={name}&colors={name}&chart={name}&view={name}s&zone={name}" for name in _INHERITED),
        "hoursFrom=20&hoursTo=5",
        "hoursFrom=9.5&columns=1.5&opacity=NaN&threshold=-1",
        "location=nowhere&label=nothing&zone=99",
        "zone=polygon%3D0,0,1,1,0.5&outliers=perhaps",
        "from=%E0%A4%A&to=&&&=%00",
        "from=2026-03-16+00:00&to=2026-03-14+30:00",
        "from=2026-03-14+12:00&to=2026-03-14+09:00",
    ],
)
def test_what_cannot_be_is_not_heeded(browser: Browser, page: Path, address: str) -> None:
    with Tab(browser, page, "#camera=constructor") as tab:
        expected = figures(tab), text_of(tab, "#legend"), text_of(tab, "#hours"), text_of(tab, "#chosen")
    with Tab(browser, page, f"#camera=constructor&{address}") as tab:
        found = figures(tab), text_of(tab, "#legend"), text_of(tab, "#hours"), text_of(tab, "#chosen")
        assert found == expected
        tab.locator("#back").click()
        assert text_of(tab, "#shown") == "3 cameras"
