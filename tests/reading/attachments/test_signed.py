"""S/MIME: built by hand from RFC 5652, and by `openssl cms`."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reading.attachments.opening import parts, said

ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nJe r\xc3\xa9silie mon bail.\r\n"
SIGNED, ENVELOPED, DATA = (bytes.fromhex("06092a864886f70d0107") + bytes([number]) for number in (2, 3, 1))


def der(tag: int, *inside: bytes) -> bytes:
    content = b"".join(inside)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def ber(tag: int, *inside: bytes) -> bytes:
    return bytes([tag, 0x80]) + b"".join(inside) + b"\0\0"


def signed(content: bytes | None, form: Callable[..., bytes] = der) -> bytes:
    octets = [] if content is None else [form(0xA0, content)]
    data = form(
        0x30,
        der(2, b"\1"),
        der(0x31, der(0x30, bytes.fromhex("0609608648016503040201"))),
        form(0x30, DATA, *octets),
        der(0x31),
    )
    return form(0x30, SIGNED, form(0xA0, data))


@pytest.mark.parametrize(
    "content",
    [
        signed(der(4, ENTITY)),
        signed(der(4, ENTITY), ber),
        signed(ber(0x24, der(4, ENTITY[:20]), der(4, ENTITY[20:])), ber),
        b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed(der(4, ENTITY))) + b"-----END PKCS7-----\n",
    ],
)
def test_a_signed_mail_is_opened(content: bytes) -> None:
    envelope, inside = parts(content, "smime.p7m")

    assert envelope.media_type == "application/pkcs7-mime"
    assert inside.text == "Je résilie mon bail."
    assert not envelope.incomplete


def test_a_detached_signature_is_nothing_to_read() -> None:
    (part,) = parts(signed(None), "smime.p7s")

    assert part.decorative
    assert not part.incomplete


def test_an_encrypted_mail_is_said_to_be() -> None:
    (part,) = parts(der(0x30, ENVELOPED, der(0xA0, der(0x30, der(2, b"\0")))), "smime.p7m")

    assert said(part) == ["encrypted"]
    assert part.incomplete


@pytest.mark.parametrize(
    "content",
    [
        signed(der(4, ENTITY))[:60],
        der(0x30, SIGNED),
        b"\x30\x80" + SIGNED + b"\xa0\x80" + b"\x30\x80" * 400,
        b"\x30\x84\xff\xff\xff\xff" + SIGNED,
        signed(b"\x24\x80" * 50 + der(4, b"x")),
    ],
)
def test_an_envelope_that_lies_is_named_as_not_read(content: bytes) -> None:
    found = parts(content, "smime.p7m")

    assert len(found) == 1
    assert found[0].incomplete


@pytest.mark.parametrize("options", [["-nodetach"], ["-nodetach", "-stream"]])
def test_what_openssl_signs_is_opened(options: list[str], tmp_path: Path) -> None:
    key, certificate, words = tmp_path / "k", tmp_path / "c", tmp_path / "w"
    words.write_bytes(ENTITY)
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=x",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    made = subprocess.run(
        [
            "openssl",
            "cms",
            "-sign",
            "-binary",
            "-outform",
            "DER",
            "-signer",
            certificate,
            "-inkey",
            key,
            "-in",
            words,
            *options,
        ],
        check=True,
        capture_output=True,
    ).stdout

    assert parts(made)[-1].text == "Je résilie mon bail."
