"""A mirror on this machine alone: over TLS, with a certificate of the test's own, told what to do.

A server of the standard library on a free port of the loopback address.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

Answer = Callable[["Request"], None]
BLOCK = 1 << 12


class Request(BaseHTTPRequestHandler):
    """One request, answered as its server was told."""

    def do_GET(self) -> None:
        server: Any = self.server
        server.mirror.answer(self)

    def log_message(self, *_: object) -> None:
        pass

    @property
    def start(self) -> int:
        """Where the bytes that are asked for begin."""
        return int(self.headers.get("Range", "bytes=0-")[len("bytes=") : -1])

    def begin(self, status: int, **headers: object) -> None:
        """Send the head of an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


class Loopback:
    """Serves what `answers` says: by path, one answer after the other, the last again and again.

    `asked` holds the path and the `Range` header of each request.
    """

    def __init__(self, authority: trustme.CA | None) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._server.mirror = self  # type: ignore[attr-defined]
        self._scheme = "https" if authority else "http"
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it serves, with a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/"

    def answer(self, request: Request) -> None:
        """Answer as it was told for this path."""
        self.asked.append((request.path, request.headers.get("Range")))
        told = self.answers.get(request.path, [status(404)])
        (told.pop(0) if len(told) > 1 else told[0])(request)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(content: bytes, *, ranges: bool = True, stop: int | None = None) -> Answer:
    """The content, or from where it is asked for; with `stop` the connection ends there."""

    def answer(request: Request) -> None:
        start = request.start if ranges else 0
        if start:
            end = len(content)
            if start >= end:
                request.begin(416, Content_Range=f"bytes */{end}")
                return
            span = f"bytes {start}-{end - 1}/{end}"
            request.begin(206, Content_Length=end - start, Content_Range=span)
        else:
            request.begin(200, Content_Length=len(content))
        for place in range(start, len(content) if stop is None else stop, BLOCK):
            request.wfile.write(content[place : min(place + BLOCK, stop or len(content))])

    return answer


def unannounced(content: bytes) -> Answer:
    """The content without a word of how long it is."""

    def answer(request: Request) -> None:
        request.begin(200)
        request.wfile.write(content)

    return answer


def chunked(content: bytes, *, end: bool = True) -> Answer:
    """The content in chunks; without `end` the last chunk is missing."""

    def answer(request: Request) -> None:
        request.protocol_version = "HTTP/1.1"
        request.begin(200, Transfer_Encoding="chunked", Connection="close")
        for place in range(0, len(content), BLOCK):
            block = content[place : place + BLOCK]
            request.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
        if end:
            request.wfile.write(b"0\r\n\r\n")

    return answer


def held(content: bytes, first: int, gate: threading.Event) -> Answer:
    """The first bytes at once, and the rest when the gate opens."""

    def answer(request: Request) -> None:
        request.begin(200, Content_Length=len(content))
        request.wfile.write(content[:first])
        request.wfile.flush()
        gate.wait(30)
        request.wfile.write(content[first:])

    return answer


def status(code: int, **headers: object) -> Answer:
    """Nothing but a status, such as 403, and headers."""
    return lambda request: request.begin(code, Content_Length=0, **headers)


def redirect(address: str) -> Answer:
    """Another address to look at."""
    return status(302, Location=address)
