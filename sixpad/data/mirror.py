"""What an HTTPS address answers, or why it does not; nothing is asked over plain HTTP."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import string
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from sixpad import __version__

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_OK, _PARTIAL, _BEYOND_THE_END = 200, 206, 416
_CONNECTION = "check the connection to the internet and try again"
_CERTIFICATE = "check this computer's clock, and whether a filter or proxy looks into connections"
_LATER = "try again later"
_BROKEN_OFF = (
    http.client.IncompleteRead, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError,
)  # fmt: skip
GOES_ON = "try again: it goes on from there"


class Trouble(Exception):  # noqa: N818
    """Why a mirror does not give a file: what it does, and what the person can do then."""

    def __init__(self, what: str, way_out: str = _LATER) -> None:
        super().__init__(what)
        self.what, self.way_out = what, way_out


class Opener:
    """Opens HTTPS addresses and nothing else, through the system's proxy where it has one.

    `context` is how certificates are checked, and `timeout` how many seconds each answer may take.
    """

    def __init__(self, context: ssl.SSLContext | None, timeout: float) -> None:
        self._timeout = timeout
        # Made of these parts and no others, so that there is nothing that could open plain HTTP,
        # and that redirects are seen here.
        self._opener = OpenerDirector()
        for handler in (
            ProxyHandler(),
            HTTPSHandler(context=context or ssl.create_default_context()),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
            UnknownHandler(),
        ):
            self._opener.add_handler(handler)

    def whole(self, url: str, size: int) -> http.client.HTTPResponse:
        """An answer of `size` bytes as far as it says; raises Trouble where there is none."""
        answer = self._open(url, {})
        if answer.status == _OK and answer.length in (None, size):
            return answer
        answer.close()
        raise Trouble("has another file under this name")

    def rest(self, url: str, start: int, size: int) -> http.client.HTTPResponse | None:
        """An answer that holds the bytes from `start` to `size`; None where that is not to be had.

        Raises Trouble where there is no answer at all.
        """
        try:
            answer = self._open(url, {"Range": f"bytes={start}-"})
        except _Refused as refusal:
            if refusal.code == _BEYOND_THE_END:
                return None
            raise
        given = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", answer.headers.get("Content-Range", ""))
        wanted = (str(start), str(size - 1))
        if answer.status == _PARTIAL and given and given.groups() in (
            (*wanted, str(size)), (*wanted, "*"),
        ):  # fmt: skip
            return answer
        answer.close()
        return None

    def _open(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """What an address answers, through its redirects."""
        headers |= {"User-Agent": f"sixpad/{__version__}", "Accept-Encoding": "identity"}
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                with on_the_way():
                    return self._one(url, headers)
            except HTTPError as error:
                error.close()
                location = error.headers.get("Location")
                if error.code not in _REDIRECTS or not location:
                    raise _Refused(error.code) from None
                with on_the_way():
                    url = urljoin(url, quote(location, safe=string.punctuation))
        raise Trouble("leads from one address to the next without end")

    def _one(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        if urlsplit(url).scheme != "https":
            raise Trouble("leads to plain HTTP, which is not safe and is refused")
        answer = self._opener.open(Request(url, headers=headers), timeout=self._timeout)
        assert isinstance(answer, http.client.HTTPResponse)
        return answer


class _Refused(Trouble):
    """The mirror answers, but not with the file."""

    def __init__(self, code: int) -> None:
        self.code = code
        if code in (401, 403):
            super().__init__(f"refuses it ({code})")
        elif code in (404, 410):
            super().__init__(f"does not have it ({code})")
        else:
            super().__init__(f"has trouble of its own ({code})")


@contextmanager
def on_the_way() -> Iterator[None]:
    """Turn what fails between here and the mirror into Trouble."""
    try:
        yield
    except HTTPError:
        raise
    except URLError as error:
        raise _lost(error.reason) from None
    # IncompleteRead is no OSError, and an address may be no address.
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _lost(error) from None


def _lost(reason: str | BaseException) -> Trouble:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Trouble("has a certificate that is not trusted", _CERTIFICATE)
    if isinstance(reason, socket.gaierror):
        return Trouble("is not found", _CONNECTION)
    if isinstance(reason, TimeoutError):
        return Trouble("does not answer in time", _CONNECTION)
    if isinstance(reason, _BROKEN_OFF):
        return Trouble("broke off in the middle", GOES_ON)
    if isinstance(reason, http.client.HTTPException | ssl.SSLError | ValueError):
        return Trouble("does not answer as it should")
    words = reason.strerror if isinstance(reason, OSError) else None
    return Trouble(f"cannot be reached ({words or reason})", _CONNECTION)
