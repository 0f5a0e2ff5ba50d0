"""`heatcli audit`: a page that is answered by keys, and what its answers do to the figures."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from tests.support.command_line import answer, done, refused, run
from tests.support.page_tab import Tab
from tests.support.places import DOCS

DAY = "2026-03-14"
ASK = ("audit", "--camera", "door", "--date", DAY)
EVERYWHERE = ("zone", "--polygon", "0,0,1,1")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, walkers: Path) -> Path:
    """A folder with the clip of two walkers, analysed as the camera `door`."""
    folder = tmp_path_factory.mktemp("recorded")
    clip = Path(shutil.copy2(walkers, folder / "door.mp4"))
    options = ("--detector", "motion", "--start", f"{DAY}T10:00:00Z", "--store", folder / "heat-store")
    done(run("analyze", clip, *options, "--quiet"))
    return folder


@pytest.fixture
def place(recorded: Path, folder: Path) -> Path:
    """A copy of the store in the current folder; the recording is where it was analysed."""
    shutil.copytree(recorded / "heat-store", folder / "heat-store")
    return folder


def page(*options: object) -> dict[str, Any]:
    """Make the page; return what it carries."""
    done(run(*ASK, "--sample", 4, *options))
    text = Path("audit.html").read_text()
    content = json.loads(text.split('id="data">')[1].split("</script>")[0])
    assert isinstance(content, dict)
    return content


def answers(content: dict[str, Any], said: dict[str, str | None]) -> Path:
    """Answer all questions of a kind alike, and save the file as the page does."""
    audit = content["audit"]
    questions = [one | {"answer": said[one["kind"]]} for one in audit["questions"]]
    Path("answers.json").write_text(json.dumps(audit | {"questions": questions}))
    return Path("answers.json")


ALL_RIGHT: dict[str, str | None] = {"box": "right", "moment": "right", "person": "right"}


def test_the_page_is_answered_by_keys_and_gives_back_a_file(place: Path, browser: Browser) -> None:
    content = page()
    kinds = [one["kind"] for one in content["audit"]["questions"]]
    assert kinds == ["box"] * 4 + ["moment"] * 4 + ["person"] * 2
    assert all(content["pictures"])
    tab: Page
    with Tab(browser, place / "audit.html") as tab:

        def told() -> str:
            return tab.locator("#progress").inner_text()

        assert told() == "Question 1 of 10, 0 answered"
        for key in "rnr":
            tab.keyboard.press(key)
        assert told() == "Question 4 of 10, 3 answered"
        tab.keyboard.press("m")  # nobody is missed in a box
        assert told() == "Question 4 of 10, 3 answered"
        tab.keyboard.press("u")
        tab.keyboard.press("z")
        assert told() == "Question 4 of 10, 3 answered"
        tab.keyboard.press("u")
        for key in "rm2u":
            tab.keyboard.press(key)
        assert tab.locator("#question").inner_text() == "Is this one person, who was not counted before?"
        tab.reload()  # whoever closes the page by mistake loses nothing
        assert told() == "Question 9 of 10, 8 answered"
        tab.locator("#answers button[data-answer=right]").click()
        tab.keyboard.press("c")
        assert tab.locator("#done").is_visible()
        tab.keyboard.press("ArrowLeft")
        assert tab.locator("#answers button[aria-pressed=true]").inner_text().split() == ["R", "Right"]
        with tab.expect_download() as saving:
            tab.locator("#save").click()
        assert saving.value.suggested_filename == f"audit-door-{DAY}-answers.json"
        saving.value.save_as(place / "answers.json")
    saved = json.loads((place / "answers.json").read_text())
    given = [one["answer"] for one in saved["questions"]]
    assert given[:4] == ["right", "nobody", "right", "unclear"]
    assert given[4:] == ["right", "missed_1", "missed_2", "unclear", "right", "again"]
    assert (saved["camera"], saved["date"], saved["seed"]) == ("door", DAY, 0)
    assert saved["store"] == str(place / "heat-store")
    found = answer(run("audit", "--answers", "answers.json", "--json"))
    assert (found["questions"], found["answered"], found["persons"]) == (10, 10, 2)
    assert found["visits_factor"] == {"estimate": 0.5, "low": 0.5, "high": 0.5}
    (nobody,) = (
        one
        for one in found["errors"]
        if (one["about"], one["error"], one["hour"], one["place"]) == ("box", "nobody", None, None)
    )
    assert (nobody["questions"], nobody["found"], nobody["unclear"]) == (4, 1, 1)


@pytest.mark.usefixtures("place")
def test_audited_figures_have_their_margin_in_tables_and_files() -> None:
    before = done(run(*EVERYWHERE)).stdout
    assert "±" not in before
    done(run("audit", "--answers", answers(page(), ALL_RIGHT | {"person": "again"})))
    said = done(run(*EVERYWHERE))
    assert f"± by the audit of {DAY} (10 answers)" in said.stderr
    assert "2 ±2" in said.stdout
    found = answer(run(*EVERYWHERE, "--json"))["cameras"][0]
    assert found["audit"]["visits_factor"] == {"low": 0.0, "high": 1.0}
    people = found["zones"][0]["total"]["avg_occupancy"]
    off = people * max(1 - found["audit"]["dwell_factor"]["low"], found["audit"]["dwell_factor"]["high"] - 1)
    assert f"{people:.3f} ±" in said.stdout
    done(run(*EVERYWHERE, "--by", "hour", "-o", "zones.csv"))
    head, *rows = [line.split(",") for line in Path("zones.csv").read_text().splitlines()]
    assert head[-2:] == ["unique_visits_margin", "avg_occupancy_margin"]
    assert [row[-2:] for row in rows[:-1]] == [["", ""]] * (len(rows) - 1)  # of the whole period only
    assert [float(cell) for cell in rows[-1][-2:]] == pytest.approx([2.0, off])


def test_audited_figures_have_their_margin_on_the_page_and_in_the_workbook(
    place: Path, browser: Browser
) -> None:
    done(run("audit", "--answers", answers(page(), ALL_RIGHT | {"person": "again"})))
    formats = ("--format", "html,xlsx,json")
    done(run("export", "daily", "--start", DAY, "-o", "reports", *formats, "--quiet"))
    report = place / "reports" / f"daily-{DAY}"
    with Tab(browser, report / "report.html") as tab:
        assert "2 ±2" in tab.locator(".card").inner_text()
        tab.locator(".card a").first.click()
        assert f"± by the audit of {DAY} (10 answers)" in tab.locator("#camera-note").inner_text()
        assert "±" in tab.locator("[data-field=unique_visits] .value").inner_text()
        assert "±" in tab.locator("[data-field=avg_occupancy] .value").inner_text()
        assert "±" not in tab.locator("[data-field=occupancy_pct] .value").inner_text()
    numbers = json.loads((report / "report.json").read_text())
    jsonschema.Draft202012Validator(json.loads((DOCS / "report.schema.json").read_text())).validate(numbers)
    assert numbers["cameras"][0]["audit"]["visits_factor"] == {"low": 0.0, "high": 1.0}
    book = load_workbook(report / "report.xlsx")
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    (head,) = (row for row in rows if "Visitors ±" in row)
    of_door = rows[rows.index(head) + 1]
    assert (of_door[head.index("Visitors")], of_door[head.index("Visitors ±")]) == (2, 2)
    assert "2 ±2 visitors" in str(book["door"]["A3"].value)


@pytest.mark.usefixtures("place")
def test_an_audit_does_not_speak_of_another_analysis() -> None:
    content = page()
    done(run("audit", "--answers", answers(content, ALL_RIGHT)))
    path = answer(run("clips", "--json"))["clips"][0]["path"]
    options = ("--detector", "motion", "--camera", "door", "--start", f"{DAY}T10:00:00Z", "--quiet")
    done(run("analyze", path, *options, "--force"))
    assert "±" not in done(run(*EVERYWHERE)).stdout
    line = refused(run("audit", "--answers", "answers.json"))
    assert "which was analysed again since; make the audit again" in line


@pytest.mark.usefixtures("place")
def test_an_audit_does_not_speak_of_what_it_did_not_ask_about() -> None:
    done(run("audit", "--answers", answers(page(), ALL_RIGHT)))
    assert "±" in done(run(*EVERYWHERE)).stdout
    assert "±" not in done(run(*EVERYWHERE, "--lifeless")).stdout


@pytest.mark.usefixtures("place")
def test_an_audit_makes_the_report_of_its_day_anew() -> None:
    made = ("export", "daily", "--catch-up", "-o", "reports", "--format", "csv", "--json")
    assert len(answer(run(*made))["reports"]) == 1
    assert answer(run(*made))["reports"] == []
    done(run("audit", "--answers", answers(page(), ALL_RIGHT)))
    assert len(answer(run(*made))["reports"]) == 1
    assert answer(run(*made))["reports"] == []


@pytest.mark.usefixtures("place")
def test_who_is_pixelated_changes_pictures_and_not_questions() -> None:
    plain, hidden = page(), page("--pixelate")
    assert plain["audit"] == hidden["audit"]
    assert plain["pictures"] != hidden["pictures"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"camera": "yard"}, "no camera 'yard' in"),
        ({"heatcli_audit": 2}, "was made by another version of heatcli"),
        ({"clips": [{"clip": "c0ffee0123456789", "run": "x"}]}, "asks about clip c0ffee0123456789 of door"),
        ({"questions": []}, "has no answers"),
        ({"seed": "many"}, "is no file of answers"),
        ({"clips": []}, "is no file of answers"),
        ({"persons": 0}, "is no file of answers"),
        ({"persons": 1}, "has not all questions of its audit"),
    ],
)
def test_answers_that_are_not_of_this_store_are_refused_in_one_line(change: dict[str, Any], why: str) -> None:
    file = answers(page(), ALL_RIGHT)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    line = refused(run("audit", "--answers", file))
    assert why in line
    assert "answers.json" in line or "store" in line
    assert "±" not in done(run(*EVERYWHERE)).stdout
    assert not Path("heat-store/audits").exists()


@pytest.mark.usefixtures("place")
def test_an_answer_that_its_question_cannot_have_is_refused() -> None:
    assert "'missed_1' is no answer about a box" in refused(
        run("audit", "--answers", answers(page(), ALL_RIGHT | {"box": "missed_1"}))
    )
    nothing = answers(page(), dict.fromkeys(ALL_RIGHT, None))
    assert "has no answers" in refused(run("audit", "--answers", nothing))
    assert "cannot be read" in refused(run("audit", "--answers", "nowhere.json"))
    said = json.loads(answers(page(), ALL_RIGHT).read_text())
    Path("some.json").write_text(json.dumps(said | {"questions": said["questions"][1:]}))
    assert "has not all questions of its audit" in refused(run("audit", "--answers", "some.json"))


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--camera", "dor", "--date", DAY), "no camera 'dor' in the store; it has 'door'"),
        (("--camera", "door", "--date", "2026-03-15"), "nothing was recorded on 2026-03-15"),
        (("--camera", "door"), "say what to ask about"),
        (("--camera", "door", "--date", DAY, "-o", "audit.pdf"), "audit.pdf"),
        (("--answers", "a.json", "--camera", "door"), "--answers goes alone"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: tuple[str, ...], why: str) -> None:
    assert why in refused(run("audit", *options))
    assert not Path("audit.html").exists()


def test_a_recording_that_is_gone_is_told(recorded: Path, place: Path) -> None:
    clip = recorded / "door.mp4"
    clip.rename(place / "moved.mp4")
    try:
        assert "the recording of clip" in refused(run(*ASK), 1)
        done(run(*ASK, "--video", "moved.mp4"))
    finally:
        (place / "moved.mp4").rename(clip)


def test_what_is_left_of_a_day_is_asked_about(recorded: Path, place: Path) -> None:
    """Another clip of the day, whose recording is gone: the page and a warning say so."""
    other = place / "later.mp4"
    other.write_bytes((recorded / "door.mp4").read_bytes() + bytes(8))
    options = ("--detector", "motion", "--camera", "door", "--start", f"{DAY}T11:00:00Z", "--quiet")
    done(run("analyze", other, *options))
    other.unlink()
    said = done(run(*ASK, "--sample", 4))
    assert f"warning: {other}: the recording of clip" in said.stderr
    content = json.loads(Path("audit.html").read_text().split('id="data">')[1].split("</script>")[0])
    assert len(content["audit"]["clips"]) == 1
    assert "is gone" in content["notes"][0]
