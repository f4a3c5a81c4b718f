"""What only a real connection can send wrongly: lengths, chunks, headers, endless addresses."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from config.bootstrap import PROJECT
from config.supervisor import end_with_parent
from consent.services import firms
from consent.services.quotas import UNLIMITED
from consent.statuses import catalogue
from registry.models import Rightsholder
from registry.vocabulary import Choice, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db(transaction=True)

START_SECONDS = 60
GRANTED = hash_of("Lighthouse").value
BODY = json.dumps({"items": [{"sha256": "0" * 64}]}).encode()
HOST = "Host: 127.0.0.1"
JSON = "Content-Type: application/json"
CLOSE = "Connection: close"
POST = "POST /api/v1/consent HTTP/1.1"


@dataclass(frozen=True)
class Reply:
    """What came back: no status where the connection was closed without a word."""

    status: int | None
    octets: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem in the body."""
        assert b"application/problem+json" in self.octets, self.octets[:500]
        given: dict[str, Any] = json.loads(self.octets.partition(b"\r\n\r\n")[2])
        assert given["code"] in catalogue()
        return given


class Server:
    """The web server as `up` starts it, on the tests' database."""

    def __init__(self) -> None:
        """Choose a port that is free now."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def command(self) -> list[str]:
        """Give the command."""
        options = ["--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"]
        options += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "4"]
        return [sys.executable, "-m", "granian", *options, "config.wsgi:application"]

    def environment(self) -> dict[str, str]:
        """Give the environment of this process, but for the database and the port."""
        parts = urlsplit(os.environ["DATABASE_URL"])
        database = parts._replace(path=f"/{connection.settings_dict['NAME']}")
        return os.environ | {
            "DATABASE_URL": urlunsplit(database),
            "REGISTRY_PORT": str(self.port),
            "REGISTRY_SIGNING_KEYS": str(settings.REGISTRY_SIGNING_KEYS),
        }

    def send(self, octets: bytes, *, is_ended: bool = False) -> Reply:
        """Send the octets as they are, then nothing more if `is_ended`; give what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            received = bytearray()
            try:
                line.sendall(octets)
                if is_ended:
                    line.shutdown(socket.SHUT_WR)
                while more := line.recv(65_536):
                    received += more
            except OSError:  # closed while we were still sending
                pass
        found = re.match(rb"HTTP/1\.[01] (\d{3})", received)
        return Reply(int(found[1]) if found else None, bytes(received))

    def ask(self, *lines: str, body: bytes = b"", is_ended: bool = False) -> Reply:
        """Send a request of these lines."""
        head = "\r\n".join([*lines, CLOSE, "", ""]).encode("latin-1")
        return self.send(head + body, is_ended=is_ended)

    def is_well(self) -> bool:
        """Whether it answers a plain question."""
        return self.ask("GET /healthz HTTP/1.1", HOST).status == 200


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """A running web server, stopped in the end."""
    server = Server()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            server.command(),
            cwd=PROJECT,
            env=server.environment(),
            stdout=log,
            stderr=log,
            preexec_fn=end_with_parent,
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(30)
        log.seek(0)
        assert b"Traceback" not in log.read(), "no request was a fault of ours"


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "the web server ended"
        assert time.monotonic() < deadline, "the web server does not start"
        try:
            if server.is_well():
                return
        except OSError:
            time.sleep(0.2)


@pytest.fixture(autouse=True)
def _well(
    server: Server,
    vouched: Rightsholder,
    register: Callable[..., Any],
    publish: Callable[..., Any],
) -> Iterator[None]:
    """A yes is there to be given by mistake, and whatever is sent, the next caller is served."""
    register(vouched, "Lighthouse", choices=dict.fromkeys(Usage, Choice.ALLOW))
    publish()
    yield
    answer = server.ask(f"GET /api/v1/consent?sha256={GRANTED} HTTP/1.1", HOST)
    assert b'"verdict":"allow"' in answer.octets


@pytest.fixture
def bearer(now: datetime) -> str:
    """The header line of a firm."""
    firm = firms.found_firm(name="Acme", plan=UNLIMITED)
    return f"Authorization: Bearer {firms.issue_key(firm=firm, at=now)[1]}"


def length(body: bytes) -> str:
    """Give the header line."""
    return f"Content-Length: {len(body)}"


def chunked(body: bytes) -> bytes:
    """Give the body in one chunk."""
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def test_a_batch_is_answered(server: Server, bearer: str) -> None:
    answer = server.ask(POST, HOST, JSON, bearer, length(BODY), body=BODY)
    assert answer.status == 200
    assert b'"verdict":"deny"' in answer.octets


def test_a_client_may_wait_before_it_sends_its_body(server: Server, bearer: str) -> None:
    lines = (POST, HOST, JSON, bearer, length(BODY), "Expect: 100-continue")
    answer = server.ask(*lines, body=BODY)
    assert b" 200 OK" in answer.octets


@pytest.mark.parametrize("encoding", ["chunked", "Chunked"])
def test_a_body_in_chunks_is_refused_by_its_name(
    encoding: str, server: Server, bearer: str
) -> None:
    line = f"Transfer-Encoding: {encoding}"
    answer = server.ask(POST, HOST, JSON, bearer, line, body=chunked(BODY))
    assert (answer.status, answer.problem["code"]) == (411, "length-required")


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: five"],
        ["Content-Length: 1e3"],
        ["Content-Length: 0x10"],
        ["Content-Length: " + "9" * 400],
        ["Content-Length: 5, 6"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: nonsense"],
    ],
    ids=lambda lines: lines[-1][:30],
)
def test_a_length_that_is_none_is_refused(lines: list[str], server: Server, bearer: str) -> None:
    answer = server.ask(POST, HOST, JSON, bearer, *lines, body=chunked(BODY), is_ended=True)
    assert answer.status in {None, 400, 411, 413, 501}
    assert b"verdict" not in answer.octets


@pytest.mark.parametrize("number", [0, 1, 10, len(BODY) - 1])
def test_a_length_too_small_cuts_the_body(number: int, server: Server, bearer: str) -> None:
    line = f"Content-Length: {number}"
    answer = server.ask(POST, HOST, JSON, bearer, line, body=BODY)
    assert (answer.status, answer.octets.count(b"malformed-body") > 0) == (400, True)


@pytest.mark.parametrize("number", [len(BODY) + 1, 10_000_000, 2**31, 2**63])
def test_a_length_too_large_gets_no_answer(number: int, server: Server, bearer: str) -> None:
    line = f"Content-Length: {number}"
    answer = server.ask(POST, HOST, JSON, bearer, line, body=BODY, is_ended=True)
    assert answer.status in {None, 400, 408, 413}
    assert b"verdict" not in answer.octets


def test_no_length_is_no_body(server: Server, bearer: str) -> None:
    answer = server.ask(POST, HOST, JSON, bearer)
    assert (answer.status, answer.problem["code"]) == (400, "malformed-body")


def test_a_stranger_who_sends_too_much_is_stopped(server: Server) -> None:
    body = b" " * 4_000_000
    answer = server.ask(POST, HOST, JSON, length(body), body=body)
    assert answer.status in {None, 413}


@pytest.mark.parametrize("size", [60_000, 100_000, 1_000_000])
def test_an_endless_address_is_refused(size: int, server: Server, bearer: str) -> None:
    url = "https://example.org/" + "a" * size
    answer = server.ask(f"GET /api/v1/consent?url={url} HTTP/1.1", HOST, bearer)
    assert answer.status in {None, 400, 414, 422, 431}
    assert b"verdict" not in answer.octets


@pytest.mark.parametrize(
    "line",
    ["X-Much: " + "a" * 1_000_000, *["X-Many: a\r\n" * 5000 + "X-Last: a"]],
    ids=["long", "many"],
)
def test_endless_headers_are_refused(line: str, server: Server) -> None:
    answer = server.ask(f"GET /api/v1/consent?sha256={'0' * 64} HTTP/1.1", HOST, line)
    assert answer.status in {None, 400, 431}


@pytest.mark.parametrize(
    "value",
    [
        "Bearer \xff\xfe",
        "Bearer crk_live_\xc3\xa9",
        "Bearer \xe2\x82\xac",
        "\x80",
        "Bearer",
        "Bearer " + "a" * 50_000,
        "Bearer\tx",
        ", ,",
    ],
    ids=ascii,
)
def test_a_strange_authorization_is_never_anonymous(value: str, server: Server) -> None:
    line = f"Authorization: {value[:60_000]}"
    answer = server.ask(f"GET /api/v1/consent?sha256={GRANTED} HTTP/1.1", HOST, line)
    assert (answer.status, answer.problem["code"]) == (401, "invalid-key")


def test_two_authorizations_are_never_anonymous(server: Server, bearer: str) -> None:
    request = f"GET /api/v1/consent?sha256={GRANTED} HTTP/1.1"
    for lines in (["Authorization: x", bearer], [bearer, "Authorization: x"], [bearer, bearer]):
        answer = server.ask(request, HOST, *lines)
        is_named = answer.status == 200 and b'"receipt"' in answer.octets
        assert is_named or answer.status in {400, 401}


@pytest.mark.parametrize(
    "line",
    [
        "Accept: \xff",
        "Accept-Language: \xff\xfe, fr;q=\xff",
        "Cookie: \xff=\xff; sessionid=\xff",
        "Content-Type: \xff/\xff",
        "If-None-Match: \xff",
        "Idempotency-Key: \xff",
        "X-Forwarded-For: \xff",
        "X-Strange: \xc3\xa9",
    ],
    ids=ascii,
)
def test_a_header_that_is_no_ascii_is_no_fault(line: str, server: Server, bearer: str) -> None:
    answer = server.ask(f"GET /api/v1/consent?sha256={'0' * 64} HTTP/1.1", HOST, bearer, line)
    assert answer.status in {200, 400, 406}
    lines = [POST, HOST, bearer, length(BODY), line, *([] if "Type" in line else [JSON])]
    answer = server.ask(*lines, body=BODY)
    assert answer.status in {200, 400, 406, 415}


@pytest.mark.parametrize(
    "line", ["X-Null: a\0b", "X Space: a", ": nameless", "X-Bell: \x07", "\x00: a", "no colon"]
)
def test_a_header_that_is_none_is_refused(line: str, server: Server) -> None:
    answer = server.ask(f"GET /api/v1/consent?sha256={'0' * 64} HTTP/1.1", HOST, line)
    assert answer.status in {None, 400}


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/\xff",
        "/api/v1/%ff%00",
        "/api/v1/%",
        "/api/v1/%zz",
        "/api/v1/consent%2f",
        "/api/v1/\x01",
        "/api/v1/a b",
        "http://zed.example/api/v1/none",
        "api/v1/consent",
        "",
    ],
    ids=ascii,
)
def test_a_strange_target_is_no_fault(target: str, server: Server) -> None:
    answer = server.ask(f"GET {target} HTTP/1.1", HOST)
    assert answer.status in {None, 400, 404}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sha256=\xff", "invalid-hash"),
        ("sha256=%ff%fe", "invalid-hash"),
        ("sha256=%", "invalid-hash"),
        ("%ff=%ff", "unknown-parameter"),
        (f"sha256={GRANTED}&usage=\xc3\xa9", "unknown-usage"),
        ("url=http://\xc3\xa9 .example/", ""),
        ("&".join(f"a{n}=1" for n in range(8001)), "bad-request"),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_a_strange_query_is_a_problem(query: str, code: str, server: Server, bearer: str) -> None:
    answer = server.ask(f"GET /api/v1/consent?{query} HTTP/1.1", HOST, bearer)
    assert answer.status is not None
    assert 400 <= answer.status < 500
    assert not code or b"problem+json" not in answer.octets or answer.problem["code"] == code


@pytest.mark.parametrize("host", ["Host: zed.example", "Host: \xff", "Host: a b", "Host:", "X: y"])
def test_another_host_is_refused(host: str, server: Server) -> None:
    answer = server.ask(f"GET /api/v1/consent?sha256={GRANTED} HTTP/1.1", host)
    assert answer.status == 400
    assert b"verdict" not in answer.octets


@pytest.mark.parametrize(
    "octets",
    [
        b"\0" * 1000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 1000,
        b"G" * 100_000,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
    ],
    ids=lambda octets: ascii(octets[:16]),
)
def test_what_is_no_http_is_no_fault(octets: bytes, server: Server) -> None:
    answer = server.send(octets, is_ended=True)
    assert answer.status in {None, 400, 505}
