"""The page that writes heatcli.toml answers its user, and nobody else."""

import http.client
import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from heatcli.editor.saving import base_of, check_writable, save_drawn
from heatcli.editor.server import PageServer
from heatcli.errors import ConfigError, InputError, OutputError, UsageError
from tests.support.drawing import CONFIGURATION, FLOOR, make_shop

TILL = {"name": "till", "was": "till", "circle": [0.5, 0.6, 0.1]}
COUNTER = {"name": "counter", "was": "counter", "polygon": [[0.6, 0.3], [0.9, 0.6]]}
DOOR = {"name": "door", "was": "door", "line": [[0.0, 0.8], [0.2, 0.9]]}
SHAPES = {"zones": [TILL, COUNTER, DOOR], "staff_zones": ["counter"]}


@pytest.fixture
def server() -> Iterator[PageServer]:
    made = PageServer(lambda token: f"page of {token}", lambda asked: {"saved": asked})
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def ask(server: PageServer, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    """Ask as a client that says what it likes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    said = {"Host": server.host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.putrequest(method, path, skip_host=True)
    for name, value in {**said, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_the_page_is_for_who_has_the_token(server: PageServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    token = f"/?token={server.token}"
    assert ask(server, "GET", token) == (200, f"page of {server.token}")
    for path in ("/", "/?token=", "/?token=x", f"/{server.token}", f"/?token={server.token}x", "/?token=%ff"):
        status, text = ask(server, "GET", path)
        assert status == 403
        assert server.token not in text
    for path in (f"/heatcli.toml?token={server.token}", f"/../../etc/passwd?token={server.token}"):
        assert ask(server, "GET", path) == (404, "there is nothing here")


def test_another_name_of_this_machine_gets_nothing(server: PageServer) -> None:
    """A page whose own name leads here (DNS rebinding) may even know the token."""
    port = server.server_address[1]
    for host in ("evil.example", f"evil.example:{port}", f"localhost:{port}", "127.0.0.1", ""):
        assert ask(server, "GET", f"/?token={server.token}", Host=host)[0] == 403


def test_only_the_page_may_save(server: PageServer) -> None:
    good = {"Content_Type": "application/json", "X_Heatcli_Token": server.token}
    assert ask(server, "POST", "/save", '{"a": 1}', **good) == (200, '{"saved": {"a": 1}}')
    own = f"http://{server.host}"
    assert ask(server, "POST", "/save", "{}", **good, Origin=own)[0] == 200
    assert ask(server, "POST", "/save", "{}", **good, Origin="http://evil.example")[0] == 403
    assert ask(server, "POST", "/save", "{}", **{**good, "X_Heatcli_Token": "x"})[0] == 403
    assert ask(server, "POST", f"/save?token={server.token}", "{}", Content_Type="application/json")[0] == 403
    # What a form of another page can send without being asked.
    assert ask(server, "POST", "/save", "{}", **{**good, "Content_Type": "text/plain"})[0] == 400
    assert ask(server, "POST", "/other", "{}", **good)[0] == 400
    assert ask(server, "POST", "/save", "{", **good)[0] == 400


def test_nothing_is_said_of_requests(server: PageServer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(server, "GET", f"/?token={server.token}")
    ask(server, "GET", "/")
    assert capfd.readouterr() == ("", "")


def test_a_bug_ends_it() -> None:
    def broken(asked: object) -> object:
        raise ZeroDivisionError

    server = PageServer(str, broken)

    def serve() -> None:
        with pytest.raises(ZeroDivisionError):
            server.run()

    thread = Thread(target=serve)
    thread.start()
    said = {"Content_Type": "application/json", "X_Heatcli_Token": server.token}
    assert ask(server, "POST", "/save", "{}", **said)[0] == 500
    thread.join(10)
    assert not thread.is_alive()
    assert isinstance(server.bug, ZeroDivisionError)


def drawn(file: Path, **said: Any) -> dict[str, Any]:
    return {"base": base_of(file), "drawn": {**SHAPES, **said}}


def test_what_was_drawn_is_written_and_all_else_stays(tmp_path: Path) -> None:
    real, file = tmp_path / "real.toml", tmp_path / "heatcli.toml"
    real.write_bytes(b"\xef\xbb\xbf" + CONFIGURATION.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    file.symlink_to(real)
    saved = save_drawn(file, "shop", drawn(file))
    changed = CONFIGURATION.replace("[0.4, 0.6, 0.1]", "[0.5, 0.6, 0.1]").replace("\n", "\r\n")
    assert real.read_bytes() == b"\xef\xbb\xbf" + changed.encode()
    assert (file.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o640)
    assert (saved.base, saved.told) == (base_of(file), f"Saved to {file}.")
    told = save_drawn(file, "shop", drawn(file, masks=[{"name": "m", "polygon": [[0, 0], [0.1, 0.1]]}])).told
    assert "Masks have changed" in told
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"base": "0" * 64}, "was changed since this page was opened"),
        ({"drawn": {"zones": [{**TILL, "name": "counter"}, COUNTER]}}, "'counter' is there twice"),
        ({"drawn": {"zones": [{**TILL, "name": " "}]}}, "is empty; give it a value"),
        ({"drawn": {"zones": [{"name": "x", "was": None}]}}, "'x' has not exactly one of circle"),
        ({"drawn": {"zone": []}}, "what is drawn cannot be used"),
        ({"drawn": {**SHAPES, "zones": [TILL, DOOR], "staff_zones": []}}, "'counter'"),
        (
            {"drawn": {**SHAPES, "regions": [{"name": "x", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}},
            "cameras.shop.regions.x: the side after corner 1 crosses the one after corner 3",
        ),
        ({"drawn": {**SHAPES, "masks": [{"name": "x", "polygon": [[0, 0], [2, 1]]}]}}, "must be at most 1"),
    ],
)
def test_what_the_configuration_would_refuse_is_not_written(
    tmp_path: Path, said: dict[str, Any], message: str
) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text(CONFIGURATION)
    with pytest.raises(ConfigError, match=message):
        save_drawn(file, "shop", {"base": base_of(file), "drawn": SHAPES, **said})
    assert file.read_text() == CONFIGURATION


def test_a_floor_is_checked_against_its_plan(tmp_path: Path) -> None:
    make_shop(tmp_path, plate=False)
    file = tmp_path / "heatcli.toml"
    floor = tomllib.loads(FLOOR)["cameras"]["shop"]["floor"]
    told = save_drawn(file, "shop", drawn(file, floor=floor)).told
    assert "The floor's 4 points fit within 0.000 m" in told
    mirrored = {
        **floor,
        "points": [
            {**point, "plan": [600 - point["plan"][0], point["plan"][1]]} for point in floor["points"]
        ],
    }
    with pytest.raises(ConfigError, match="mirrored or from below"):
        save_drawn(file, "shop", drawn(file, floor=mirrored))
    with pytest.raises(InputError, match=r"gone\.png: there is no such plan"):
        save_drawn(file, "shop", drawn(file, floor={**floor, "plan": "gone.png"}))


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text(CONFIGURATION)
    asked = drawn(file)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("heatcli.files.os.replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        save_drawn(file, "shop", asked)
    assert [path.name for path in tmp_path.iterdir()] == ["heatcli.toml"]
    file.chmod(0o444)
    with pytest.raises(
        UsageError, match="is read-only; make it and its folder writable, or leave out --serve"
    ):
        check_writable(file)
