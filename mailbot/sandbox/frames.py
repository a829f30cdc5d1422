"""What crosses the pipe between a worker and its reading child: length, then JSON.  Nothing that could run."""

import dataclasses
import json
import struct
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol

from mailbot.model import Account, Address, Authentication, Because, Defect, Part, Reading, ReadingRequest, Texts

MAX_FRAME = 64_000_000
_LENGTH = struct.Struct(">I")


def write(stream: BinaryIO, frame: dict[str, Any], payload: bytes = b"") -> None:
    head = json.dumps(frame).encode()
    left = memoryview(_LENGTH.pack(len(head)) + _LENGTH.pack(len(payload)) + head + payload)
    while left:
        # An unbuffered pipe may take less than it is given.
        left = left[stream.write(left) or 0 :]
    stream.flush()


class Source(Protocol):
    """Bytes, fewer than asked for when there are no more; a pipe, say."""

    def read(self, count: int, /) -> bytes: ...


def read(stream: Source) -> tuple[dict[str, Any], bytes] | None:
    """None at the end of the stream.  Raises ValueError for a frame that no honest child sends."""
    lengths = _exactly(stream, 2 * _LENGTH.size)
    if len(lengths) < 2 * _LENGTH.size:
        return None
    head, payload = (_LENGTH.unpack_from(lengths, at * _LENGTH.size)[0] for at in (0, 1))
    if head > MAX_FRAME or payload > 2 * MAX_FRAME:
        raise ValueError("the frame is too long")
    text = _exactly(stream, head)
    content = _exactly(stream, payload)
    if len(text) < head or len(content) < payload:
        return None
    try:
        frame = json.loads(text)
    except RecursionError as error:
        raise ValueError("the frame is nested too deep") from error
    if not isinstance(frame, dict):
        raise ValueError("not a frame")  # noqa: TRY004 - one kind of error for every bad frame
    return frame, content


def _exactly(stream: Source, count: int) -> bytes:
    """`count` bytes, or fewer at the end of the stream."""
    pieces: list[bytes] = []
    while count > 0 and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def pack_reading(reading: Reading) -> dict[str, Any]:
    packed = dataclasses.asdict(reading)
    packed["date"] = None if reading.date is None else reading.date.isoformat()
    return packed


def unpack_reading(packed: dict[str, Any]) -> Reading:
    """Raises ValueError, TypeError or KeyError for what is no reading."""
    said = dict(packed)
    return Reading(
        **{
            **said,
            "date": None if said["date"] is None else datetime.fromisoformat(said["date"]),
            "sender": _address(said["sender"]),
            "original_sender": _address(said["original_sender"]),
            **{name: tuple(Address(**one) for one in said[name]) for name in ("reply_to", "to", "cc")},
            "references": tuple(said["references"]),
            "authentication": None if said["authentication"] is None else Authentication(**said["authentication"]),
            "text": Texts(**said["text"]),
            "attachments": tuple(unpack_part(part) for part in said["attachments"]),
            "marks": tuple(said["marks"]),
            "defects": tuple(Defect(**defect) for defect in said["defects"]),
            "why": tuple(_because(reason) for reason in said["why"]),
        }
    )


def unpack_part(packed: dict[str, Any]) -> Part:
    return Part(**{**packed, "defects": tuple(Defect(**defect) for defect in packed["defects"])})


def pack_request(request: ReadingRequest) -> dict[str, Any]:
    packed = dataclasses.asdict(request)
    packed["today"] = None if request.today is None else request.today.isoformat()
    return packed


def unpack_request(packed: dict[str, Any]) -> ReadingRequest:
    account = {**packed["account"], "addresses": tuple(packed["account"]["addresses"])}
    today = None if packed["today"] is None else date.fromisoformat(packed["today"])
    return ReadingRequest(Account(**account), tuple(packed["languages"]), today)


def _address(packed: dict[str, str] | None) -> Address | None:
    return None if packed is None else Address(**packed)


def _because(packed: dict[str, Any]) -> Because:
    return Because(packed["step"], packed["because"], None if packed["span"] is None else tuple(packed["span"]))
