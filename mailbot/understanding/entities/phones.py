"""Telephone numbers as E.164 and mail addresses."""

import re
from collections.abc import Iterator

import phonenumbers

from mailbot.understanding.entities.numerals import spoken_digits
from mailbot.understanding.entities.said import Said

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_NATIONAL = re.compile(r"(?<![\d+])0[1-9](?:[ .\-/_,]{0,2}\d){8}(?!\d)(?![.,]\d)(?![-/]\d)")
_ABROAD = re.compile(r"(?<![\d+])(?:\+|(?<!\d )00)[ (]{0,2}[1-9](?:[ .\-/()]{0,3}\d){6,13}(?!\d)")
_SPOKEN = re.compile(r"\bzero(?:[ ,.\n-]{1,3}(?:[a-z]{2,9}|\d{1,2})){4,24}")
_MOST = 60


def emails(said: Said) -> Iterator[str]:
    """In small letters."""
    for match in _EMAIL.finditer(said.text):
        yield match[0].casefold()


def phones(said: Said) -> Iterator[str]:
    """Ten digits from 0, or a number with its country; in the order they stand in."""
    found: list[tuple[int, str]] = []
    for match in _some(_NATIONAL, said.text):
        found += _parsed(match.start(), match[0])
    for match in _some(_ABROAD, said.text):
        found += _parsed(match.start(), re.sub(r"\(0\)", "", match[0]))
    for match in _some(_SPOKEN, said.folded):
        digits = spoken_digits(match[0])
        if len(digits) >= 10:  # a French number
            found += _parsed(match.start(), digits[:10])
    for _, number in sorted(found):
        yield number


def _some(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for match, _ in zip(pattern.finditer(text), range(_MOST), strict=False):
        yield match


def _parsed(position: int, raw: str) -> list[tuple[int, str]]:
    try:
        number = phonenumbers.parse(raw, "FR")
    except phonenumbers.NumberParseException:
        return []
    if not phonenumbers.is_possible_number(number):
        return []
    return [(position, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))]
