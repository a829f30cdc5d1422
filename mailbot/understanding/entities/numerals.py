"""Numbers that are spoken into a telephone instead of typed: French, 0 to 99."""

import re

_UNITS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
UNITS = {**{word: number for number, word in enumerate(_UNITS)}, "une": 1}
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_TENS |= {"septante": 70, "huitante": 80, "octante": 80, "nonante": 90}
DAY_WORDS = {
    **{word: number for word, number in UNITS.items() if number},
    "premier": 1,
    **{f"dix{dash}{word}": 10 + UNITS[word] for word in ("sept", "huit", "neuf") for dash in " -"},
    "vingt": 20,
    **{f"vingt{dash}et{dash}un": 21 for dash in " -"},
    **{f"vingt{dash}{word}": 20 + UNITS[word] for word in _UNITS[2:10] for dash in " -"},
    "trente": 30,
    **{f"trente{dash}et{dash}un": 31 for dash in " -"},
}
"""The words for a day of the month, as `fold` has them."""


def spoken_digits(folded: str) -> str:
    """In "zero six 39 quatre vingt dix huit" is "063998"; reading ends at the first word that is no number."""
    digits, pending = "", -1
    for token in re.findall(r"[a-z]+|\d+", folded):
        if token == "et" and pending >= 20:  # noqa: S105 - "vingt et un"
            continue
        if token.isdigit():
            digits, pending = _closed(digits, pending) + token, -1
        elif token == "zero":  # noqa: S105 - a spoken nought
            digits, pending = _closed(digits, pending) + "0", -1
        elif token in _TENS:
            if pending == 4 and _TENS[token] == 20:  # "quatre vingts"
                pending = 80
            else:
                digits, pending = _closed(digits, pending), _TENS[token]
        elif token in UNITS:
            digits, pending = _joined(digits, pending, UNITS[token])
        else:
            break
    return _closed(digits, pending)


def _joined(digits: str, pending: int, unit: int) -> tuple[str, int]:
    """What is behind us, and the number that may still grow."""
    if pending in {60, 80} or (pending >= 20 and pending % 10 == 0 and unit < 10):  # "soixante dix"
        return digits, pending + unit
    if pending >= 0 and pending % 20 == 10 and 7 <= unit <= 9:  # "dix sept", "quatre vingt dix sept"
        return digits, pending + unit
    return _closed(digits, pending), unit


def _closed(digits: str, pending: int) -> str:
    if pending < 0:
        return digits
    # "zero six" is one pair, and "six" alone after a whole pair stands for itself.
    return digits + str(pending)
