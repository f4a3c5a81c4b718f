"""A real Chromium, pages that must not complain, and a server for static files."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

STATIC_FILES = Path(settings.BASE_DIR) / "registry" / "static"
POLICY = "; ".join(
    " ".join([name, *sources])
    for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page at a phone's width; an error in its console, like a broken policy, fails the test."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    assert complaints == []


class _Handler(SimpleHTTPRequestHandler):
    """Serves the static files and the bodies handed to `serve`, under the site's own policy."""

    bodies: dict[str, str]

    def do_GET(self) -> None:
        body = self.bodies.get(self.path)
        if body is None:
            self.path = self.path.removeprefix("/static")
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serve a page made of this body; gives its address."""
    handler = type("Handler", (_Handler,), {"bodies": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(STATIC_FILES)))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def serve_body(body: str) -> str:
        handler.bodies["/"] = (
            '<!doctype html><html lang="en"><title>Test</title><link rel="icon" '
            'href="/static/registry/mark.svg"><link rel="stylesheet" '
            f'href="/static/registry/css/registry.css"><body>{body}'
        )
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve_body
    server.shutdown()
    server.server_close()
    thread.join()
