"""A zip whose one member is that very zip: a program in deflate that writes itself, after R. Cox, "Zip Files All The
Way Down" (2010).

An instruction has five bytes: L writes the bytes behind it (a stored block), R writes again what was written last (a
block of matches).  A checksum stands in the file whose checksum it is: CRCs are linear, so it can be solved for.
"""

import struct
import zlib

_NAME = b"a-name-as-long-as-its-instruction-needs/quine.zip"
_HEAD = 30 + len(_NAME)
_TAIL = 46 + len(_NAME) + 22


def quine() -> bytes:
    start = zlib.crc32(_with(0))
    # Bit n of the field changes the checksum by a number of its own: find the field that is its file's checksum.
    rows = [(zlib.crc32(_with(1 << bit)) ^ start ^ (1 << bit), 1 << bit) for bit in range(32)]
    crc, left = 0, start
    while rows:
        effect, field = max(rows)
        rows = [
            (one ^ effect, bits ^ field) if one.bit_length() == effect.bit_length() else (one, bits)
            for one, bits in rows
            if (one, bits) != (effect, field)
        ]
        if left.bit_length() == effect.bit_length():
            crc, left = crc ^ field, left ^ effect
    assert left == 0
    return _with(crc)


def _with(crc: int) -> bytes:
    """The file with this number for its checksum, in all four places."""
    length = len(_program(bytes(_HEAD), bytes(_TAIL)))
    facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, length, _HEAD + length + _TAIL, len(_NAME), 0)
    local = b"PK\3\4" + facts + _NAME
    entry = b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0) + _NAME
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), _HEAD + length, 0)
    return local + _program(local, entry + end) + entry + end


def _program(head: bytes, tail: bytes) -> bytes:
    """What writes head, itself and tail."""
    l0, l1, l4 = (_literally(5 * count) for count in (0, 1, 4))
    r4 = _bits((0, 1), (1, 2), *_match(10, 20), *_match(10, 20), (0, 7))
    lp = _literally(len(head) + 5)
    # The last byte, 255, fills the instruction up to forty bits.
    rp = _bits((0, 1), (1, 2), *_match(len(head) + 4, len(head) + 5), (_turned(0b111111111, 9), 9), (0, 7))
    # The last one ends the program: nothing needs to stand behind it at a whole byte.
    ls = _literally(len(tail) + 4)
    rs = _bits((1, 1), (1, 2), *_match(len(tail) + 4, len(tail) + 4), (0, 7))
    assert [len(one) for one in (r4, rp, rs)] == [5, 5, 4]
    again = r4 + l0 + l0 + ls
    return b"".join(
        (
            *(lp, head, lp, rp, l1, rp, l1, l1),
            *(l4, rp, l1, l1, l4, r4, l4, r4, l4, r4, l4, r4),
            *(l4, again, again, rs, tail, rs),
        )
    )


def _literally(count: int) -> bytes:
    return b"\0" + struct.pack("<HH", count, count ^ 0xFFFF)


def _match(length: int, distance: int) -> tuple[tuple[int, int], ...]:
    """The fixed codes of RFC 1951 (3.2.5 and 3.2.6), as numbers and their counts of bits."""
    extra = 0 if length < 11 else (length - 3).bit_length() - 3
    symbol = 254 + length if length < 11 else 261 + 4 * extra + ((length - 3) >> extra) - 4
    coded = (_turned(symbol - 256, 7), 7) if symbol < 280 else (_turned(0xC0 + symbol - 280, 8), 8)
    more = (distance - 1).bit_length() - 2
    far = 2 * more + 2 + (((distance - 1) >> more) & 1)
    return (
        coded,
        ((length - 3) & ((1 << extra) - 1), extra),
        (_turned(far, 5), 5),
        ((distance - 1) & ((1 << more) - 1), more),
    )


def _turned(code: int, count: int) -> int:
    return int(f"{code:0{count}b}"[::-1], 2)


def _bits(*pieces: tuple[int, int]) -> bytes:
    value = at = 0
    for piece, count in pieces:
        value |= piece << at
        at += count
    return value.to_bytes(-(-at // 8), "little")
