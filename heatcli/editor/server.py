"""A page for one user on this machine: no other page, no other machine and no other user gets anything.

Every request needs the token, which only the address has that is printed. A page of somebody else in the
same browser does not know it; and if it makes the browser resolve its own name to this machine (DNS
rebinding), the header `Host` has that name, and the request is refused.
"""

import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from heatcli.errors import HeatcliError

_ADDRESS = "127.0.0.1"
# Most bytes of what a page sends: shapes with more corners than anybody draws.
_LONGEST = 4_000_000
# Seconds after which a connection that says nothing is closed.
_PATIENCE_S = 30
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PageServer(ThreadingHTTPServer):
    """Serves one page and takes what it sends, until it is stopped.

    Args:
        page: function that returns the page, for a token.
        save: function that takes what the page sends, and returns the answer as JSON has it.

    Attributes:
        token: random text that every request needs.
        bug: error that is heatcli's own, after which the server stops; None where there is none.

    Raises:
        OSError: there is no free port.
    """

    daemon_threads = True

    def __init__(self, page: Callable[[str], str], save: Callable[[object], object]) -> None:
        super().__init__((_ADDRESS, 0), _Handler)
        self.page, self.save = page, save
        self.token = secrets.token_urlsafe(24)
        self.bug: Exception | None = None
        self.one_at_a_time = Lock()

    @property
    def host(self) -> str:
        """Address and port, as the header `Host` has them."""
        return f"{_ADDRESS}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """Address of the page, with the token."""
        return f"http://{self.host}/?token={self.token}"

    def run(self) -> None:
        """Serve until Ctrl-C.

        Raises:
            Exception: a bug of heatcli's own.
        """
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            pass  # that is how its user ends it
        finally:
            self.server_close()
        if self.bug is not None:
            raise self.bug

    def stop_for(self, bug: Exception) -> None:
        """Stop, as something went wrong that should not."""
        self.bug = bug
        Thread(target=self.shutdown, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that ends early."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = _PATIENCE_S

    def do_GET(self) -> None:  # the name is http.server's
        """Send the page."""
        asked = urlsplit(self.path)
        token = parse_qs(asked.query).get("token", [""])[0]
        if not self._may(token):
            return
        if asked.path != "/":
            self._send(HTTPStatus.NOT_FOUND, "there is nothing here", "text/plain")
            return
        try:
            self._send(HTTPStatus.OK, self.server.page(self.server.token), "text/html")
        except HeatcliError as error:
            self._send(HTTPStatus.CONFLICT, f"heatcli: {error}", "text/plain")
        except Exception as bug:
            self._fail(bug)

    def do_POST(self) -> None:
        """Take what the page sends."""
        if not self._may(self.headers.get("X-Heatcli-Token", "")):
            return
        length = self.headers.get("Content-Length", "")
        is_json = self.headers.get("Content-Type", "").split(";")[0].strip() == "application/json"
        if self.path != "/save" or not is_json or not length.isdecimal() or int(length) > _LONGEST:
            self._send(HTTPStatus.BAD_REQUEST, "only the page may ask", "text/plain")
            return
        try:
            with self.server.one_at_a_time:
                self._answer(HTTPStatus.OK, self.server.save(json.loads(self.rfile.read(int(length)))))
        except HeatcliError as error:
            self._answer(HTTPStatus.CONFLICT, {"error": str(error)})
        except (ValueError, RecursionError):
            self._answer(HTTPStatus.BAD_REQUEST, {"error": "what was sent is no JSON"})
        except Exception as bug:
            self._fail(bug)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the first line of a request has the token."""

    def version_string(self) -> str:
        """Return the name of the server."""
        return "heatcli"

    def _may(self, token: str) -> bool:
        """Whether a request is the user's own; one that is not is refused."""
        origin = self.headers.get("Origin")
        is_own = (
            self.headers.get("Host") == self.server.host
            and origin in (None, f"http://{self.server.host}")
            and secrets.compare_digest(token.encode(errors="replace"), self.server.token.encode())
        )
        if not is_own:
            self._send(HTTPStatus.FORBIDDEN, "open the address that heatcli has printed", "text/plain")
        return is_own

    def _answer(self, status: HTTPStatus, said: object) -> None:
        self._send(status, json.dumps(said), "application/json")

    def _fail(self, bug: Exception) -> None:
        self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "a bug in heatcli: see where it runs"})
        self.server.stop_for(bug)

    def _send(self, status: HTTPStatus, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": f"{kind}; charset=utf-8"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
