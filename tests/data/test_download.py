"""The verified download: whole and right in its place, or not there, whatever the mirror does."""

from __future__ import annotations

import hashlib
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from loopback import Loopback, chunked, held, redirect, serve, status, unannounced

from sixpad.data.download import download
from sixpad.data.pinned_file import PinnedFile
from sixpad.errors import SixpadError

CONTENT = np.random.default_rng(0).bytes(300_000)
OTHER = np.random.default_rng(1).bytes(300_000)
FILE = PinnedFile("digits.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
HALF = 150_000


class InterruptedByHandError(Exception):
    """Somebody wants no more of it."""


class Place:
    """A folder that is downloaded into, and the mirrors that it is downloaded from."""

    def __init__(self, folder: Path, trusting: ssl.SSLContext, mirrors: list[Loopback]) -> None:
        self.folder, self.trusting, self.mirrors = folder, trusting, mirrors
        self.progress: list[int] = []

    def fetch(self, **options: object) -> Path:
        addresses = [mirror.address for mirror in self.mirrors]
        options = {"on_progress": self.progress.append, "context": self.trusting} | options
        return download(FILE, addresses, self.folder, **options)  # type: ignore[arg-type]

    def told(self, **options: object) -> str:
        """What is said where it does not come; there is nothing in its place then."""
        with pytest.raises(SixpadError) as caught:
            self.fetch(**options)
        assert not self.target.exists()
        return str(caught.value)

    @property
    def target(self) -> Path:
        return self.folder / FILE.name

    @property
    def part(self) -> Path:
        return FILE.part(self.folder)

    @property
    def names(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()]

    @property
    def asked(self) -> list[str | None]:
        return [ranges for mirror in self.mirrors for _, ranges in mirror.asked]


@pytest.fixture
def place(tmp_path: Path, mirror: Loopback, trusting: ssl.SSLContext) -> Place:
    return Place(tmp_path, trusting, [mirror])


def answers(mirror: Loopback, *told: Callable[..., None]) -> None:
    mirror.answers[f"/{FILE.name}"] = list(told)


def is_whole(place: Place) -> bool:
    return place.target.read_bytes() == CONTENT and place.names == [FILE.name]


@pytest.mark.parametrize("way", [serve, unannounced, chunked])
def test_a_file_comes_whole(
    place: Place, mirror: Loopback, way: Callable[[bytes], Callable[..., None]]
) -> None:
    answers(mirror, way(CONTENT))
    assert place.fetch() == place.target
    assert is_whole(place)
    assert place.progress == sorted(place.progress)
    assert place.progress[-1] == len(CONTENT)
    assert len(place.progress) > 3
    assert place.asked == [None]


def test_what_is_there_is_replaced_only_by_the_whole_file(place: Place, mirror: Loopback) -> None:
    place.target.write_bytes(b"old")
    answers(mirror, status(403), serve(CONTENT))
    with pytest.raises(SixpadError):
        place.fetch()
    assert place.target.read_bytes() == b"old"
    place.fetch()
    assert is_whole(place)


def test_it_can_be_cancelled_and_goes_on_where_it_was(place: Place, mirror: Loopback) -> None:
    def until_half(here: int) -> None:
        if here > HALF:
            raise InterruptedByHandError

    answers(mirror, serve(CONTENT))
    with pytest.raises(InterruptedByHandError):
        place.fetch(on_progress=until_half)
    assert not place.target.exists()
    here = place.part.stat().st_size
    assert 0 < here <= HALF
    assert place.part.read_bytes() == CONTENT[:here]
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None, f"bytes={here}-"]
    assert place.progress[0] > here


@pytest.mark.parametrize("way", ["announced", "chunked"])
def test_a_connection_that_ends_half_way_is_told_and_gone_on_with(
    place: Place, mirror: Loopback, way: str
) -> None:
    cut = serve(CONTENT, stop=HALF) if way == "announced" else chunked(CONTENT[:HALF], end=False)
    answers(mirror, cut, serve(CONTENT))
    assert "it goes on from there" in place.told()
    assert place.part.read_bytes() == CONTENT[:HALF]
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None, f"bytes={HALF}-"]


def test_a_file_that_ends_too_early_is_told(place: Place, mirror: Loopback) -> None:
    answers(mirror, unannounced(CONTENT[:HALF]))
    assert f"ended after {HALF} of {len(CONTENT)} bytes" in place.told()


def test_the_second_mirror_goes_on_where_the_first_ended(
    place: Place, mirror: Loopback, make_mirror: Callable[[], Loopback]
) -> None:
    place.mirrors.append(make_mirror())
    answers(mirror, serve(CONTENT, stop=HALF))
    answers(place.mirrors[1], serve(CONTENT))
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize("trouble", [status(403), status(404), status(500), serve(OTHER)])
def test_the_second_mirror_is_asked_where_the_first_fails(
    place: Place,
    mirror: Loopback,
    make_mirror: Callable[[], Loopback],
    trouble: Callable[..., None],
) -> None:
    place.mirrors.append(make_mirror())
    answers(mirror, trouble)
    answers(place.mirrors[1], serve(CONTENT))
    place.fetch()
    assert is_whole(place)


def test_another_file_is_thrown_away_and_told(place: Place, mirror: Loopback) -> None:
    answers(mirror, serve(OTHER))
    assert "SHA-256" in place.told()
    assert place.names == []
    answers(mirror, serve(CONTENT))
    place.fetch()
    assert is_whole(place)


@pytest.mark.parametrize("content", [CONTENT + b"more", CONTENT[:-1], b""])
def test_a_file_of_another_size_is_not_even_begun(
    place: Place, mirror: Loopback, content: bytes
) -> None:
    answers(mirror, serve(content))
    assert "another file under this name" in place.told()
    assert place.names == []


@pytest.mark.parametrize("way", [unannounced, chunked])
def test_never_more_than_the_size_is_taken(
    place: Place, mirror: Loopback, way: Callable[[bytes], Callable[..., None]]
) -> None:
    answers(mirror, way(OTHER + bytes(5_000_000)))
    assert "SHA-256" in place.told()
    assert max(place.progress) == len(CONTENT)


@pytest.mark.parametrize("hops", [0, 1])
def test_a_redirect_to_plain_http_is_refused(
    place: Place, mirror: Loopback, make_mirror: Callable[..., Loopback], hops: int
) -> None:
    plain = make_mirror(tls=False)
    answers(plain, serve(CONTENT))
    there = plain.address + FILE.name
    if hops:
        mirror.answers["/next"] = [redirect(there)]
        there = mirror.address + "next"
    answers(mirror, redirect(there))
    assert "plain HTTP, which is not safe" in place.told()
    assert plain.asked == []
    assert len(mirror.asked) == 1 + hops


def test_a_plain_address_is_refused(place: Place, make_mirror: Callable[..., Loopback]) -> None:
    plain = make_mirror(tls=False)
    answers(plain, serve(CONTENT))
    place.mirrors = [plain]
    assert "plain HTTP" in place.told()
    assert plain.asked == []


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://127.0.0.1/x", "https://[", "//"])
def test_a_redirect_to_nowhere_is_told(place: Place, mirror: Loopback, to: str) -> None:
    answers(mirror, redirect(to))
    assert place.told().startswith("“digits.gz” did not come: 127.0.0.1")


def test_a_redirect_within_https_is_followed(place: Place, mirror: Loopback) -> None:
    answers(mirror, redirect("/else/where"))
    mirror.answers["/else/where"] = [serve(CONTENT, stop=HALF), serve(CONTENT)]
    with pytest.raises(SixpadError):
        place.fetch()
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None, None, f"bytes={HALF}-", f"bytes={HALF}-"]


def test_redirects_without_end_are_given_up(place: Place, mirror: Loopback) -> None:
    answers(mirror, redirect(f"/{FILE.name}"))
    assert "without end" in place.told()
    assert len(mirror.asked) < 10


@pytest.mark.parametrize(
    ("code", "words"),
    [(403, "refuses it (403)"), (404, "does not have it (404)"), (503, "trouble of its own (503)")],
)
def test_a_refusal_is_told_with_what_to_do(
    place: Place, mirror: Loopback, code: int, words: str
) -> None:
    answers(mirror, status(code))
    told = place.told()
    assert words in told
    assert told.endswith("; try again later.")
    assert place.names == []


def test_a_refusal_leaves_what_came_before(place: Place, mirror: Loopback) -> None:
    answers(mirror, serve(CONTENT, stop=HALF), status(403), serve(CONTENT))
    for _ in range(2):
        place.told()
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None, f"bytes={HALF}-", f"bytes={HALF}-"]


def test_a_mirror_without_ranges_begins_anew(place: Place, mirror: Loopback) -> None:
    place.part.write_bytes(CONTENT[:HALF])
    answers(mirror, serve(CONTENT, ranges=False))
    place.fetch()
    assert is_whole(place)


@pytest.mark.parametrize("left", [b"", OTHER[:HALF], OTHER, OTHER + b"more", CONTENT[:-1]])
def test_what_is_left_of_an_earlier_try_is_never_trusted(
    place: Place, mirror: Loopback, left: bytes
) -> None:
    place.part.write_bytes(left)
    answers(mirror, serve(CONTENT))
    place.fetch()
    assert is_whole(place)


def test_a_part_that_is_too_long_is_begun_anew(place: Place, mirror: Loopback) -> None:
    place.part.write_bytes(CONTENT + b"more")
    answers(mirror, serve(CONTENT))
    place.fetch()
    assert is_whole(place)
    assert place.asked == [None]


def test_a_mirror_that_has_nothing_from_there_on_is_asked_for_all(
    place: Place, mirror: Loopback
) -> None:
    place.part.write_bytes(CONTENT[:HALF])
    answers(mirror, status(416), serve(CONTENT))
    place.fetch()
    assert is_whole(place)
    assert place.asked == [f"bytes={HALF}-", None]


def test_what_was_whole_already_needs_no_mirror(place: Place) -> None:
    place.part.write_bytes(CONTENT)
    place.mirrors = []
    place.fetch()
    assert is_whole(place)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Range": f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"},
        {"Content_Range": f"bytes {HALF}-{len(CONTENT)}/{len(CONTENT) + 1}"},
        {"Content_Range": "nonsense"},
        {},
    ],
)
def test_a_rest_that_does_not_fit_is_left(
    place: Place, mirror: Loopback, headers: dict[str, str]
) -> None:
    place.part.write_bytes(CONTENT[:HALF])
    answers(mirror, status(206, **headers), serve(CONTENT))
    place.fetch()
    assert is_whole(place)
    assert place.asked == [f"bytes={HALF}-", None]


def test_a_part_where_it_was_not_asked_for_is_refused(place: Place, mirror: Loopback) -> None:
    answers(mirror, status(206, Content_Range=f"bytes 5-9/{len(CONTENT)}"))
    assert "another file" in place.told()


def test_a_certificate_that_is_not_trusted_is_refused(place: Place, mirror: Loopback) -> None:
    answers(mirror, serve(CONTENT))
    assert "certificate that is not trusted; check this computer's clock" in place.told(
        context=None
    )
    assert mirror.asked == []


def test_nobody_who_answers_is_told(place: Place, make_mirror: Callable[..., Loopback]) -> None:
    gone = make_mirror()
    gone.close()
    place.mirrors = [gone]
    assert "cannot be reached" in place.told()
    assert "check the connection to the internet" in place.told()


def test_a_name_that_is_not_found_is_told(place: Place) -> None:
    with pytest.raises(SixpadError, match=r"no-such-host.invalid is not found; check the conn"):
        download(FILE, ["https://no-such-host.invalid/"], place.folder)


def test_a_mirror_that_falls_silent_is_told_in_time(place: Place, mirror: Loopback) -> None:
    gate = threading.Event()
    answers(mirror, held(CONTENT, HALF, gate))
    assert "does not answer in time" in place.told(timeout=0.3)
    assert place.part.read_bytes() == CONTENT[:HALF]
    gate.set()


def test_a_server_that_speaks_no_http_is_told(place: Place, mirror: Loopback) -> None:
    def nonsense(request: object) -> None:
        request.wfile.write(b"\x00\x01nonsense\r\n\r\n")  # type: ignore[attr-defined]

    answers(mirror, nonsense)
    assert place.told()


def test_every_mirror_is_told_of(
    place: Place, mirror: Loopback, make_mirror: Callable[..., Loopback]
) -> None:
    place.mirrors.append(make_mirror())
    answers(mirror, status(403))
    assert "refuses it (403), " in place.told()
    assert "does not have it (404); try again later." in place.told()


def test_a_folder_that_is_not_there_is_told(place: Place, mirror: Loopback) -> None:
    place.folder = place.folder / "not-there"
    assert "does not exist" in place.told()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in this system's folders")
def test_a_pipe_in_the_parts_place_is_told_and_not_waited_for(place: Place) -> None:
    os.mkfifo(place.part)
    assert "is not an ordinary file" in place.told()


CHILD = """
import ssl, sys
from pathlib import Path
from sixpad.data.download import download
from sixpad.data.pinned_file import PinnedFile
name, size, sha256, address, folder, trust = sys.argv[1:]
context = ssl.create_default_context(cafile=trust)
def tell(here):
    print(here, flush=True)
download(PinnedFile(name, int(size), sha256), [address], Path(folder), on_progress=tell,
         context=context)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL on this system")
def test_a_kill_in_the_middle_leaves_no_half_file_in_place(
    place: Place, mirror: Loopback, authority: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trust = tmp_path_factory.mktemp("trust") / "authority.pem"
    authority.cert_pem.write_to_path(str(trust))  # type: ignore[attr-defined]
    gate = threading.Event()
    answers(mirror, held(CONTENT, HALF, gate), serve(CONTENT))
    words = [*map(str, FILE), mirror.address, str(place.folder), str(trust)]
    with subprocess.Popen([sys.executable, "-c", CHILD, *words], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= HALF:
                break
        child.kill()
    gate.set()
    assert not place.target.exists()
    here = place.part.stat().st_size
    assert place.part.read_bytes() == CONTENT[:here]
    place.fetch()
    assert is_whole(place)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can make a small disk, and only on Linux")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a small disk be made")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_what_came_is_kept(
    place: Place, mirror: Loopback, full_disk: Path
) -> None:
    answers(mirror, serve(CONTENT))
    place.folder = full_disk
    assert "The disk is full" in place.told()
    here = place.part.stat().st_size
    assert 0 < here < len(CONTENT)
    assert place.part.read_bytes() == CONTENT[:here]
    remount = ["mount", "-o", "remount,size=1m", str(full_disk)]
    subprocess.run(remount, check=True)
    place.fetch()
    assert is_whole(place)


def test_a_folder_that_may_not_be_written_is_told(place: Place, mirror: Loopback) -> None:
    place.folder = place.folder / "closed"
    place.folder.mkdir()
    place.folder.chmod(0o555)
    if os.access(place.folder, os.W_OK):
        pytest.skip("this account may write everywhere")
    assert "may not be written" in place.told()
