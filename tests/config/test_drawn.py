"""heatcli.toml with what was drawn: changed where it was drawn, and nowhere else, however it is written."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.config.drawn import Drawn
from heatcli.config.models import config_of
from heatcli.config.toml_words import toml_key, toml_value
from heatcli.config.with_drawn import with_drawn
from heatcli.errors import ConfigError

TILL, DOOR = [0.1, 0.2, 0.05], [[0.0, 0.0], [1.0, 1.0]]
# The same zones, `till` (a queue) and `door`, in the ways in which TOML can say it.
STYLES = {
    "a table": '[cameras.a]\nlocation = "x" # where\n[cameras.a.zones]\n# the till\ntill = { circle = [0.1, '
    '0.2, 0.05], kind = "queue" } # left\n\n# in\ndoor = {line=[[0,0],[1,1]]}\n\n# views\n[views.x]\n'
    "hours = '1-2'\n",
    "tables of their own": '[cameras.a.zones.till]\ncircle = [0.1, 0.2, 0.05] # left\nkind = "queue"\n'
    "[cameras.a.zones.door]\nline = [[0,0],[1,1]]\n\n# views\n[views.x]\nhours = '1-2'\n",
    "dotted keys": '[cameras.a]\nzones.till.circle = [0.1, 0.2, 0.05]# left\nzones.till.kind = "queue"\n'
    "zones.door.line = [[0,0], # from here\n  [1,1]]\n[views.x]\nhours='1-2'\n",
    "apart": '[cameras.a.zones.till]\ncircle = [0.1, 0.2, 0.05]\nkind = "queue"\n[views.x]\nhours = "1-2"\n'
    "[cameras.b]\n[cameras.a.zones.door]\nline = [[0,0],[1,1]]\n# end",
    "in one line": 'cameras = { a = { zones = { till = {circle=[0.1,0.2,0.05],kind="queue"}, '
    "door = {line=[[0,0],[1,1]]} } } } # all\nviews.x.hours='1-2'\n",
    "by Windows": '[cameras.a.zones]\r\ntill={circle=[0.1,0.2,0.05],kind="queue"}# left\r\n'
    "door={line=[[0,0],[1,1]]}\r\n",
}
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip)


def drawn(*zones: dict[str, Any], **rest: Any) -> Drawn:
    return Drawn.model_validate({"zones": zones, **rest})


def zone(name: str, was: str | None = None, **shape: Any) -> dict[str, Any]:
    return {"name": name, "was": was, **shape}


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_what_was_not_changed_stays_to_the_letter(text: str) -> None:
    same = drawn(zone("till", "till", circle=TILL), zone("door", "door", line=DOOR))
    assert with_drawn(text, "a", same) == text


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
@settings(max_examples=25)
@given(name=NAMES, x=st.floats(0, 1))
def test_a_zone_is_moved_renamed_added_and_removed(text: str, name: str, x: float) -> None:
    before = tomllib.loads(text)
    after = with_drawn(
        text,
        "a",
        drawn(
            zone(f"t{name}", "till", circle=[x, 0.2, 0.05]),
            zone(f"n{name}", polygon=[[0, 0], [x, 1], [1, 0.5]]),
            masks=[zone(name, polygon=[[0.0, 0.0], [0.5, x]])],
            area=[f"n{name}"],
        ),
    )
    camera = before["cameras"]["a"]
    camera["zones"] = {
        f"t{name}": {"circle": [x, 0.2, 0.05], "kind": "queue"},
        f"n{name}": {"polygon": [[0, 0], [x, 1], [1, 0.5]]},
    }
    camera["masks"] = {name: [[0.0, 0.0], [0.5, x]]}
    camera["area"] = [f"n{name}"]
    assert tomllib.loads(after) == before
    comments = [line.split("#")[1] for line in text.splitlines() if "#" in line]
    assert all(f"#{comment}" in after for comment in comments if "from here" not in comment)


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_two_zones_may_exchange_their_names(text: str) -> None:
    there = with_drawn(text, "a", drawn(zone("door", "till", circle=TILL), zone("till", "door", line=DOOR)))
    assert tomllib.loads(there)["cameras"]["a"]["zones"] == {
        "door": {"circle": TILL, "kind": "queue"},
        "till": {"line": DOOR},
    }
    back = drawn(zone("door", "till", line=DOOR), zone("till", "door", circle=TILL))
    assert with_drawn(there, "a", back) == text


def test_all_that_names_a_zone_gets_its_new_name() -> None:
    text = """
[cameras.a]
staff_zones = "till"
funnels.buy.steps = ["shelf", "till"] # in this order
[cameras.a.zones]
till = { circle = [0.1, 0.2, 0.05] }
shelf = { circle = [0.5, 0.2, 0.05], passing = "till" }
door = { line = [[0, 0], [1, 1]] }
[areas.hall]
doors = ["a.door"]
inside = "a.till"
"""
    after = with_drawn(
        text,
        "a",
        drawn(
            zone("Kas.se", "till", circle=TILL),
            zone("shelf", "shelf", circle=[0.5, 0.2, 0.05]),
            zone("in", "door", line=DOOR),
            staff_zones=["Kas.se"],
        ),
    )
    config = config_of(after, Path("heatcli.toml"))
    camera, hall = config.camera("a"), config.areas["hall"]
    assert camera.funnels["buy"].steps == ("shelf", "Kas.se")
    assert (camera.zones["shelf"].passing, camera.staff_zones) == ("Kas.se", ("Kas.se",))
    assert ([door.line for door in hall.doors], hall.inside) == (["a.in"], ("a.Kas.se",))
    assert "# in this order" in after


@pytest.mark.parametrize(
    "array", ["points = [\n{image=[0,0],plan=[0,0]}, # left\n{image=[1,0],plan=[9,0]}\n]", ""]
)
def test_points_of_the_floor_are_changed_one_by_one(array: str) -> None:
    tables = "[[cameras.a.floor.points]]\nimage=[0,0]\nplan=[0,0] # left\n[[cameras.a.floor.points]]\n"
    tables += "image=[1,0]\nplan=[9,0]\n"
    text = f"[cameras.a.floor]\nplan = 'p.png' # ours\nmetres_per_pixel = 0.02\n{array or tables}"
    first, second = {"image": [0, 0], "plan": [1.5, 0.5]}, {"image": [1, 0], "plan": [9, 0]}
    floor = {"plan": "p.png", "metres_per_pixel": 0.02, "points": [first, second]}
    after = with_drawn(text, "a", drawn(floor=floor))
    assert after == text.replace("plan=[0,0]", "plan=[1.5, 0.5]")
    floor["points"] = [first, second, {"image": [0.5, 1], "plan": [4, 4]}]
    more = with_drawn(text, "a", drawn(floor=floor))
    assert tomllib.loads(more)["cameras"]["a"]["floor"] == floor
    assert "# ours" in more
    assert "floor" not in tomllib.loads(with_drawn(more, "a", drawn()))["cameras"]["a"]


def test_a_rectangle_of_two_corners_stays_one() -> None:
    text = "[cameras.a.regions]\nfloor = [[0.1, 0.2], [0.5, 0.6]]\n"
    corners = [[0.1, 0.2], [0.5, 0.2], [0.5, 0.6], [0.1, 0.6]]
    assert with_drawn(text, "a", drawn(regions=[zone("floor", "floor", polygon=corners)])) == text


def test_a_page_of_another_file_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"cameras\.a\.zones has no 'gone' any more; open the page anew"):
        with_drawn("[cameras.a]\n", "a", drawn(zone("gone", "gone", circle=TILL)))


@given(
    st.recursive(
        NAMES | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
        max_leaves=6,
    )
)
def test_any_value_is_read_as_it_was(value: object) -> None:
    assert tomllib.loads(f"{toml_key('a b')} = {toml_value(value)}") == {"a b": value}
