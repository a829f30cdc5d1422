"""Damage of the kinds that formats fear: cut, doubled, swapped, and numbers that lie."""

import random
from typing import Final

_NUMBERS: Final = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\1\0\0\0", b"\x80\0\0\0", b"999999999")


def spoiled(content: bytes, chance: random.Random) -> bytes:
    out = bytearray(content or b"x")
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out))
        length = chance.choice((1, 4, 40, 400))
        match chance.randrange(6):
            case 0:
                out[at] = chance.randrange(256)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length] * chance.choice((1, 1, 50))
            case 3:
                other = chance.randrange(len(out))
                out[at : at + length] = out[other : other + length]
            case 4:
                del out[at:]
            case _:
                number = chance.choice(_NUMBERS)
                out[at : at + len(number)] = number
        out = out or bytearray(b"x")
    return bytes(out)
