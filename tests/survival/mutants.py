"""Sound bytes made unsound, as a bad disk, a broken transfer or malice would."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

LARGEST = 1 << 20
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def mutant(random: Random, originals: Sequence[bytes]) -> bytes:
    """One of `originals` after one to four mutations, checksums put right now and then."""
    data = random.choice(originals)
    packed = data.startswith(b"\x1f\x8b") and random.random() < 0.6
    if packed:
        data = gzip.decompress(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        data = random.choice(MUTATIONS)(random, data, originals)[:LARGEST]
    if packed:
        return gzip.compress(data, 1)
    if data.startswith(PNG_SIGNATURE) and random.random() < 0.7:
        return _with_checksums(data)
    return data


def _flipped(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 32))):
        if changed:
            changed[_place(random, data)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: random.randint(0, len(data))]


def _left_out(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _part(random, data)
    return data[:begin] + data[end:]


def _repeated(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _part(random, data)
    return data[:end] + data[begin:end] * random.choice((1, 2, 10, 1000)) + data[end:]


def _spliced(random: Random, data: bytes, originals: Sequence[bytes]) -> bytes:
    other = random.choice(originals)
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _moved(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A part written over another."""
    begin, end = _part(random, data)
    place = random.randint(0, len(data))
    return data[:place] + data[begin:end] + data[place + end - begin :]


def _numbered(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A telling number in the place of what was there, as a header might hold it."""
    number = random.choice(NUMBERS) + random.choice((0, 0, 1, -1))
    size = random.choice((1, 2, 4, 8))
    written = (number % (1 << 8 * size)).to_bytes(size, random.choice(("big", "little")))
    if random.random() < 0.2:
        written = str(number ** random.choice((1, 3))).encode()
    place = _place(random, data)
    return data[:place] + written + data[place + len(written) :]


def _filled(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _part(random, data)
    return data[:begin] + bytes([random.choice((0, 0, 255, 32))]) * (end - begin) + data[end:]


def _scrambled(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _part(random, data)
    return data[:begin] + random.randbytes(min(end - begin, 64)) + data[end:]


Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]
MUTATIONS: tuple[Mutation, ...] = (
    _flipped, _flipped, _cut, _left_out, _repeated, _spliced, _moved, _numbered, _numbered, _filled,
    _scrambled,
)  # fmt: skip


def _place(random: Random, data: bytes) -> int:
    """Somewhere in `data`, in every other case among the first bytes, where headers are."""
    return random.randrange(max(min(len(data), random.choice((128, len(data)))), 1))


def _part(random: Random, data: bytes) -> tuple[int, int]:
    begin = _place(random, data)
    return begin, min(begin + random.choice((1, 4, 16, 64, 512, 4096)), len(data))


def _with_checksums(data: bytes) -> bytes:
    """A PNG with every chunk's checksum put right, so that what is inside is looked at."""
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            break
        chunk = data[place:end]
        parts += [chunk, struct.pack(">I", zlib.crc32(chunk[4:]))]
        place = end + 4
    return b"".join(parts) + data[place:]
