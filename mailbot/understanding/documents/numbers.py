"""Numbers as documents print them, clean or as OCR leaves them: amounts, references and checked numbers.

Every reader takes text and gives the value in the record's form, or None: a doubtful value is no value.
"""

import re
from collections.abc import Iterator
from typing import Final

from mailbot.understanding.documents.page import fold, mended_number, seen
from mailbot.understanding.documents.values import days_in, digits, truly_digits
from mailbot.understanding.entities.money import checks_out

_D: Final = "[0-9ol]"
_AMOUNT: Final = re.compile(
    rf"(?<![a-z0-9,.])({_D}{{1,3}}(?:[ .,']{_D}{{3}})+|{_D}{{1,7}})\s?(?:([,.])\s?({_D}{{2}})(?![0-9ol%,])|(?:€|eur(?:o?s?)?)\s?({_D}{{2}})(?![0-9ol]))(?!\s?%)"
)
_WHOLE: Final = re.compile(rf"(?<![a-z0-9,.])({_D}{{1,3}}(?:[ .]{_D}{{3}})+|{_D}{{1,7}})\s?(?:€|eur(?:os?)?\b)")
_SIRET: Final = re.compile(r"(?:[0-9ol](?:[ .]?)){13}[0-9ol](?![a-z0-9])")
_IBAN: Final = re.compile(r"[A-Z]{2}[ .]?[0-9OoIlQSB|]{2}(?:(?: ?\| ?|[ .\-]{0,2})[A-Z0-9a-z|]){11,30}")


def _money(whole: str, cents: str) -> str | None:
    number = digits(whole)
    return f"{int(number)}.{digits(cents)}" if number and len(digits(cents)) == 2 else None


def amounts_in(text: str) -> Iterator[tuple[int, str]]:
    """Where each amount begins and what it is, decimal EUR."""
    shape = seen(text)
    hits: list[tuple[int, int, str | None]] = []
    hits += [(m.start(), m.end(), _money(m[1], m[3] or m[4])) for m in _AMOUNT.finditer(shape)]
    hits += [(m.start(), m.end(), _money(m[1], "oo")) for m in _WHOLE.finditer(shape)]
    reached = -1
    for start, end, amount in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start >= reached and amount is not None and truly_digits(re.sub(r"(?i)eur\w*", "", text[start:end])):
            reached = end
            yield start, amount


def first_amount(text: str, reach: int = 40) -> str | None:
    days = [(start, end) for start, end, _ in days_in(text)]
    for start, amount in amounts_in(text):
        if not any(low <= start < high for low, high in days):
            return amount if start <= reach else None
    return None


def last_amount(text: str) -> str | None:
    """The last of a row: what a line of totals ends with."""
    days = [(start, end) for start, end, _ in days_in(text)]
    every = [amount for start, amount in amounts_in(text) if not any(low <= start < high for low, high in days)]
    return every[-1] if every else None


def whole_euros(text: str) -> str | None:
    """An income as tax notices print it: whole euros, thousands apart; decimal EUR."""
    match = re.match(
        rf"[^0-9a-z]*(?:[a-z]{{3,}}[^0-9a-z]+)*({_D}{{1,3}}(?:[ .]{_D}{{3}})+|{_D}{{1,7}})(?![0-9ol])", seen(text)
    )
    if match is None or not truly_digits(text[match.start(1) : match.end(1)]):
        return None
    return f"{int(digits(match[1]))}.00"


def siret_in(text: str) -> str | None:
    """Fourteen digits whose Luhn sum is right."""
    for match in _SIRET.finditer(seen(text)):
        number = digits(match[0])
        if truly_digits(text[match.start() : match.end()]) and _luhn(number):
            return number
    return None


def _luhn(number: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_in(text: str) -> str | None:
    """The first IBAN whose checksum is right, compact; O, I, S and B are read as digits where digits must stand."""
    for match in _IBAN.finditer(text):
        compact = re.sub(r"[ .\-]| ?\| (?=\S)", "", match[0]).upper()
        if compact.startswith("FR"):
            compact = compact[:27]
        for candidate in (compact, _as_digits(compact)):
            for length in range(len(candidate), 14, -1):
                if checks_out(candidate[:length]):
                    return candidate[:length]
                if candidate.startswith("FR"):
                    break
    return None


def _as_digits(compact: str) -> str:
    table = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8"})
    return compact[:2] + compact[2:].translate(table)


_HEAD: Final = re.compile(
    r"[\s:.,°º#\-=>_(|]*(?:(?:est|sous)?\s*(?:le |la )?(?:n ?[°º*]|(?:n ?o|nr|num(?:ero)?|number|ref(?:erence)?|n)(?![a-z]))[\s:.°º]*)?"
)
_REFERENCE: Final = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9/_.\-]|(?<=[0-9O]) / (?=[0-9])|(?<=[0-9]) {1,2}(?=[0-9])|(?<=[A-Z0-9]) (?=[0-9A-Z/\-]*[0-9])"
    r"|(?<=[0-9]) (?=[A-Z](?![\w']|\.\w)))*"
)
_PHONE: Final = re.compile(r"0[1-9](?:[ .]?\d{2}){4}")


def identifier(text: str, least: int = 4) -> str | None:
    """A reference at the beginning: letters, digits, dashes, slashes, at least two digits; groups of digits joined."""
    head = _HEAD.match(fold(text))
    match = _REFERENCE.match(text, head.end() if head else 0)
    if match is None:
        return None
    value = re.split(r"\s(?=\d{1,2}[/.]\d{1,2}[/.]\d{2,4})|\s(?=\d{1,2} [A-Za-zéû]{3,})", match[0])[0].rstrip("./-_ ")
    after = fold(text[match.start() + len(value) :])
    if (cut := re.search(r" [0-9]{1,4}$", value)) and re.match(
        r"(?: ?(?:bis|ter))?,? (?:rue|avenue|place|bd)\b", after
    ):
        value = value[: cut.start()]
    value = mended_number(re.sub(r"\s+", " ", value))
    if not least <= len(value) <= 32 or sum(char.isdigit() for char in value) < 2 or days_in(value):
        return None
    return None if _PHONE.fullmatch(value) else value
