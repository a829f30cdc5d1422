"""Encoded words, charsets, addresses and parameters, as right and as wrong as senders write them."""

import pytest

from mailbot.model import Address
from mailbot.reading import charset, limits
from mailbot.reading.addresses import parse_addresses
from mailbot.reading.parameters import parse_parameters
from mailbot.reading.words import decode_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?UTF-8?B?w6k=?=\r\n =?UTF-8?B?dMOp?=", "été"),
        (b"=?utf-8?B?w6l0w?= =?utf-8?B?6k=?=", "été"),
        (b"=?iso-8859-1?Q?l=92appartement?=", "l’appartement"),
        (b"=?utf-8*fr?q?No=C3=ABl?=", "Noël"),
        (b"Re: =?utf-8?q?a=C3=A7a?= va", "Re: aça va"),
        (b"=?utf-8?q?Comment =C3=A7a va ??=", "Comment ça va ?"),
        (b"=?utf-8?Q?a?=deux rue", "adeux rue"),
        (b"=?x-unknown?q?caf=E9?=", "café"),
        (b"=?gb2312?B?1tDOxA==?=", "中文"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("Été sans étiquette".encode(), "Été sans étiquette"),
        ("Été sans étiquette".encode("latin-1"), "Été sans étiquette"),
        (b"\x1b$BF|K\\\x1b(B", "日本"),
        (b"=?utf-8?q?hi=0D=0ABcc=3A_e=40x?=", "hi Bcc: e@x"),
        ("caché\u202e\u200b\U000e0041".encode(), "caché"),
        (b"folded\r\n\tline", "folded line"),
        (b"=?utf-8?q?not closed", "=?utf-8?q?not closed"),
        (b"=?utf-8?b?====?=", ""),
        (b"", ""),
    ],
)
def test_header_text_is_what_a_person_sees(raw: bytes, shown: str) -> None:
    assert shown == decode_text(raw)


def test_header_bytes_without_a_label_have_the_charset_of_the_body() -> None:
    assert decode_text("Привет, это тема".encode("koi8-r"), "koi8-r") == "Привет, это тема"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"Dupont, Jeanne <jd@EXAMPLE.org>", [("Dupont, Jeanne", "jd@example.org")]),
        (
            b'"Dupont, Jeanne" <jd@example.org>, b@example.org',
            [("Dupont, Jeanne", "jd@example.org"), ("", "b@example.org")],
        ),
        (b"jd@example.org (Jeanne (Mme) Dupont)", [("Jeanne (Mme) Dupont", "jd@example.org")]),
        (
            b"Habitants: a@example.org, b@example.org;, c@example.org",
            [("", "a@example.org"), ("", "b@example.org"), ("", "c@example.org")],
        ),
        (b"undisclosed-recipients:;", []),
        (b"=?utf-8?q?Zo=C3=A9?= <z@example.org>", [("Zoé", "z@example.org")]),
        (b'"=?utf-8?q?Zo=C3=A9?=" <z@example.org>', [("Zoé", "z@example.org")]),
        (b"=?utf-8?q?Zo=C3=A9_=3Cz=40example=2Eorg=3E?=", [("Zoé", "z@example.org")]),
        (b"<<z@example.org>>", [("", "z@example.org")]),
        (b"Zoe <z@example.org", [("Zoe", "z@example.org")]),
        (b"z@example.org <z@example.org>", [("", "z@example.org")]),
        (b"'Zoe' <z@example.org>", [("Zoe", "z@example.org")]),
        (b'"Zoe \\"Z\\" Roux" <z@example.org>', [('Zoe "Z" Roux', "z@example.org")]),
        (b"a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ('"Zoé" <z@example.org>'.encode("latin-1"), [("Zoé", "z@example.org")]),
        (b"MAILER-DAEMON", []),
        (b"", []),
    ],
)
def test_addresses_are_made_out(raw: bytes, found: list[tuple[str, str]]) -> None:
    shown = [(address.name, address.address) for address in parse_addresses([raw])]
    assert found == shown


def test_addresses_are_limited() -> None:
    many = b",".join(b"a%d@e.org" % number for number in range(1000))
    assert len(parse_addresses([many])) == limits.ADDRESSES


@pytest.mark.parametrize("raw", [b"(" * 16000, b'"' * 15999, b"<" * 16000, b":;,<>()\\" * 2000, b"=?@?=" * 3000, b"\\"])
def test_hostile_address_fields_give_an_answer(raw: bytes) -> None:
    assert isinstance(parse_addresses([raw]), tuple)


def test_an_address_has_its_domain_in_lower_case_and_its_local_part_as_written() -> None:
    assert (Address("", "Zoe@example.org"),) == parse_addresses([b"Zoe@EXAMPLE.Org"])


@pytest.mark.parametrize(
    ("raw", "value", "name", "content"),
    [
        (b'application/pdf; name="a b.pdf"', "application/pdf", "name", b"a b.pdf"),
        (b"application/pdf; name=a b.pdf", "application/pdf", "name", b"a b.pdf"),
        (b"attachment; filename*=utf-8'fr'%C3%A9t%C3%A9.pdf", "attachment", "filename", "été.pdf".encode()),
        (b"attachment; filename*0=loyer; filename*1=.pdf", "attachment", "filename", b"loyer.pdf"),
        (
            b"attachment; filename*0*=utf-8''%C3%A9; filename*1=t; filename*2*=%C3%A9.pdf",
            "attachment",
            "filename",
            "été.pdf".encode(),
        ),
        (b"attachment; filename=utf-8''%C3%A9.pdf", "attachment", "filename", "é.pdf".encode()),
        (b'attachment; filename="a\\"b.pdf"', "attachment", "filename", b'a"b.pdf'),
        (b'attachment; filename="C:\\Docs\\a.pdf"', "attachment", "filename", b"C:\\Docs\\a.pdf"),
        (b'attachment filename="a.pdf"', "attachment", "filename", b"a.pdf"),
        (b"text/plain charset=utf-8; format=flowed", "text/plain", "charset", b"utf-8"),
        (b'text/plain; charset="utf-8"; charset=latin1', "text/plain", "charset", b"utf-8"),
        (b'TEXT/HTML ;\r\n\tCharset = "utf-8" ', "text/html", "charset", b"utf-8"),
        (b'multipart/mixed; boundary="a;b=c"', "multipart/mixed", "boundary", b"a;b=c"),
        (b"multipart/mixed; boundary=abc (comment)", "multipart/mixed", "boundary", b"abc"),
        (b'image/jpeg; name="unclosed.jpg', "image/jpeg", "name", b"unclosed.jpg"),
    ],
)
def test_parameters_are_made_out(raw: bytes, value: str, name: str, content: bytes) -> None:
    parsed = parse_parameters(raw, "" if value == "attachment" else "text/plain")

    assert (value, content) == (parsed.value, parsed.parameters[name].raw)


@pytest.mark.parametrize(
    ("raw", "value"), [(b"", "text/plain"), (b";;;", "text/plain"), (b"text", "text/plain"), (b"html", "text/html")]
)
def test_a_type_that_is_none_is_the_default(raw: bytes, value: str) -> None:
    assert value == parse_parameters(raw, "text/plain").value


FRENCH = "Bonjour, le chauffage est arrêté depuis samedi : c’est l’été à l’œil nu ? Non… 15 €"


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        (FRENCH.encode(), "utf-8", FRENCH),
        (FRENCH.encode(), None, FRENCH),
        (FRENCH.encode(), "iso-8859-1", FRENCH),
        (FRENCH.encode(), "us-ascii", FRENCH),
        (FRENCH.encode("cp1252"), "iso-8859-1", FRENCH),
        (FRENCH.encode("cp1252"), None, FRENCH),
        (FRENCH.encode("cp1252"), "utf-8", FRENCH),
        (FRENCH.encode("cp1252"), "x-unknown", FRENCH),
        (FRENCH.encode("cp1252"), "punycode", FRENCH),
        (FRENCH.encode("mac_roman"), "x-mac-roman", FRENCH),
        (FRENCH.encode("utf-16"), "utf-16", FRENCH),
        (FRENCH.encode("utf-16-le"), "utf-16le", FRENCH),
        (FRENCH.encode("utf-8-sig"), None, FRENCH),
        (FRENCH.encode("utf-7"), "utf-7", FRENCH),
        ("สวัสดี".encode("cp874"), "windows-874", "สวัสดี"),
        ("Здравствуйте, в подъезде нет света.".encode("cp1251"), None, "Здравствуйте, в подъезде нет света."),
        ("Здравствуйте, в подъезде нет света.".encode("koi8-r"), "koi8-r", "Здравствуйте, в подъезде нет света."),
        ("Здравствуйте, в подъезде нет света.".encode(), "windows-1251", "Здравствуйте, в подъезде нет света."),
        ("ラベルのない日本語です。".encode("iso2022_jp"), None, "ラベルのない日本語です。"),
        ("电梯坏了，请尽快修理。".encode("gb18030"), "gb2312", "电梯坏了，请尽快修理。"),
        ("전기가 나갔습니다".encode("cp949"), "ks_c_5601-1987", "전기가 나갔습니다"),
        (b"plain", "cp-850", "plain"),
        (b"", "utf-8", ""),
    ],
)
def test_text_is_readable_whatever_the_label(content: bytes, declared: str | None, text: str) -> None:
    assert text == charset.decode(content, declared)[0]


def test_a_few_broken_bytes_in_utf_8_do_not_spoil_the_rest() -> None:
    content = "Été à la résidence, ".encode() + "déjà".encode("cp1252") + " réparé près de chez moi".encode()

    assert charset.decode(content, "utf-8")[0] == "Été à la résidence, déjà réparé près de chez moi"


@pytest.mark.parametrize(
    "label", ["rot13", "base64", "unicode_escape", "idna", "punycode", "zlib", "hex", "", "x" * 5000, "\0"]
)
def test_only_charsets_are_charsets(label: str) -> None:
    assert charset.known(label) is None


def test_a_wrong_label_is_said() -> None:
    assert charset.decode("подъезд".encode(), "windows-1251")[1] == "labelled windows-1251, but it is UTF-8"
