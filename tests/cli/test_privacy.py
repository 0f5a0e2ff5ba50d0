"""`heatcli privacy`, and the journal: what is stored of whom, and who did what."""

from datetime import timedelta
from pathlib import Path

import pytest

from heatcli.analysis.sensitive import sensitive
from heatcli.config.privacy import PrivacyConfig
from heatcli.store.journal import read_journal
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.purge_worlds import CONFIG, DAYS, add_the_rest, make_store


@pytest.fixture
def shop(folder: Path) -> Store:
    (folder / "heatcli.toml").write_text(CONFIG + '[privacy]\nprofile = "statistics"\ntracks = "56d"\n')
    store = make_store(folder / "heat-store")
    add_the_rest(store)
    return store


def test_it_tells_what_is_kept_how_old_and_for_how_long(shop: Store) -> None:
    told = answer(run("privacy", "--json"))
    kept = {one["kind"]: one for one in told["kept"]}
    assert told["profile"] == "statistics"
    assert kept["tracks"]["number"] == sum(clip.rows for clip in shop.clips())
    assert kept["tracks"]["oldest"] == "2026-03-14T10:00:00+00:00"
    assert kept["tracks"]["kept_for_s"] == 8 * 7 * 86400
    assert kept["descriptors"]["number"] == kept["trajectories"]["number"] > 0
    assert kept["descriptors"]["kept_for_s"] == 86400
    assert (kept["pieces"]["number"], kept["corrections"]["number"], kept["audits"]["number"]) == (1, 2, 1)
    personal = {kind for kind, one in kept.items() if one["personal_data"]}
    assert personal == kept.keys() - {"clips", "forgotten", "days"}
    assert [one["camera"] for one in told["cameras"]] == ["door", "yard"]
    assert "personal data" in done(run("privacy")).stdout.casefold()


def test_the_journal_has_who_did_what(shop: Store) -> None:
    done(run("export", "daily", "--start", DAYS[0], "--format", "xlsx", "--min-dwell", "3", "--share"))
    done(run("purge", "--camera", "yard", "--date", DAYS[0], "--yes"))
    *_, export, begun, ended = read_journal(shop.path)
    kinds = [entry.deed for entry in read_journal(shop.path)]
    assert kinds == ["correct", "correct", "export", "purge", "purge"]
    what = {"period": "daily-2026-03-14", "formats": ["xlsx"], "share": 5}
    assert export.selection == {"min_dwell_s": 3.0, **what}
    assert export.settings
    assert export.user
    assert export.host
    assert (begun.done, ended.begun) == (None, begun.id)
    assert begun.selection["cameras"] == ["yard"]
    assert ended.done is not None
    assert ended.done["clips"] == 3


def test_a_profile_says_what_is_not_said() -> None:
    assert PrivacyConfig().tracks == timedelta(days=400)
    assert PrivacyConfig.model_validate({"profile": "statistics"}).tracks == timedelta(days=30)
    assert PrivacyConfig.model_validate({"tracks": "forever"}).tracks is None


@pytest.mark.parametrize(
    "label",
    ["Female", "age_18-60", "AgeOver60", "personalLess15", "child", "Asian", "20-29", "is_male", "Male"],
)
def test_labels_of_age_sex_and_origin_are_found(label: str) -> None:
    assert sensitive([label, "backpack"]) == (label,)


def test_other_labels_are_not() -> None:
    assert not sensitive(
        ["red", "backpack", "longSleeve", "manager", "package", "black", "white", "hat", "suv"]
    )
