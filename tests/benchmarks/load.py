"""A load generator, run as a process of its own: requests over kept connections, timed.

Reads what to send as JSON from its input and writes what it measured as JSON. With a `rate` it
sends at fixed times, whatever the answers take, and counts a request's time from when it was due
(so a slow server cannot hide behind late questions); without one, each connection asks again as
soon as it was answered.
"""

import json
import socket
import sys
import time
from collections import Counter
from itertools import count
from threading import Thread
from typing import Any

START_SECONDS = 0.2  # from reading the order to the first request due
TIMEOUT = 30


class Connection:
    """One kept connection; just enough HTTP/1.1 for answers of known length."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Send the request, read the whole answer, give its status."""
        self.socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(received) < end + 4 + length:
            received += self._more()
        return int(head[9:12])

    def _more(self) -> bytes:
        octets = self.socket.recv(65536)
        if not octets:
            raise ConnectionError("the server hung up")
        return octets


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Send the load and give requests per second, percentiles in milliseconds, and statuses."""
    requests = [_request(path, order["headers"]) for path in order["paths"]]
    connections = [Connection(order["port"]) for _ in range(order["connections"])]
    starts_at = time.perf_counter() + START_SECONDS
    ends_at = starts_at + order["seconds"]
    numbers = count()
    times: list[float] = []
    statuses: Counter[int] = Counter()

    def send(connection: Connection) -> None:
        for number in numbers:
            now = time.perf_counter()
            due = starts_at + number / order["rate"] if order["rate"] else max(now, starts_at)
            if due >= ends_at:
                return
            time.sleep(max(0.0, due - now))
            status = connection.ask(requests[number % len(requests)])
            times.append(time.perf_counter() - due)
            statuses[status] += 1

    threads = [Thread(target=send, args=[connection]) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = max(time.perf_counter(), ends_at) - starts_at
    return {
        "per_second": len(times) / took,
        "median": percentile(times, 0.50),
        "p99": percentile(times, 0.99),
        "statuses": {str(status): number for status, number in statuses.items()},
    }


def _request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in {"Host": "127.0.0.1", **headers}.items()]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def percentile(times: list[float], share: float) -> float:
    """Give the time, in milliseconds, that this share of the requests stayed within."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
