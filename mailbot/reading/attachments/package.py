"""The members of a zip-packed document, and their XML as a stream of events.

Sizes in a zip's directory are claims: bytes are counted as they come out.  XML may declare nothing (no DTD, so no
entity) and fetches nothing; no tree is built, so no nesting is too deep.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import pairwise
from typing import Final, Protocol

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from mailbot.reading.attachments.opened import Measure, Measureless

MOST_XML: Final = 40_000_000
"""Bytes of one XML member; these readers hear some 7 MB a second."""
_MOST_MEMBERS: Final = 5_000
_CHUNK: Final = 65_536
_READABLE: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCAL_HEADER: Final = 30


class Refused(ValueError):
    """A file that is not read; its words say why and hold nothing of the file."""


class Target(Protocol):
    """Who listens to an XML document; names are `{namespace}local` as in ElementTree."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class Enough(Exception):
    """Raised by a target that wants no more."""


class Package:
    """A zip's members by name.  Raises Refused or zipfile.BadZipFile; a member may be cut short by its limits."""

    def __init__(self, content: bytes, measure: Measure) -> None:
        self._archive = zipfile.ZipFile(BytesIO(content))
        self._measure = measure
        members = self._archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise Refused(f"more than {_MOST_MEMBERS} files inside: not read")
        if overlap(members):
            raise Refused("its files lie over one another: not read")
        # The first of two members with one name is what Office shows; some readers take the last.
        self._members = {tidy(member.filename): member for member in reversed(members)}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    @property
    def names(self) -> list[str]:
        """Lower case, in the order of the directory."""
        return list(reversed(self._members))

    def chunks(self, name: str, most: int = MOST_XML) -> Iterator[bytes]:
        """The member's bytes, at most `most`.  Raises Measureless when the whole mail has unpacked too much."""
        yield from stream(self._archive, self._members[name.lower()], self._measure, most)

    def read(self, name: str, most: int = MOST_XML) -> bytes:
        """All of it.  Raises Measureless for more than `most` bytes."""
        return b"".join(self.chunks(name, most))

    def feed(self, name: str, target: Target) -> bool:
        """Read the member as XML; False when it ended early or is not well formed: what was heard, was heard."""
        return feed(self.chunks(name), target)


def tidy(name: str) -> str:
    """A member's name as other members refer to it."""
    return name.replace("\\", "/").lstrip("/").lower()


def overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Do two members share bytes (CVE-2024-0450)?  By offsets, which must be true for a member to be found."""
    placed = sorted((member.header_offset, member.compress_size) for member in members)
    return any(offset + _LOCAL_HEADER + size > following for (offset, size), (following, _) in pairwise(placed))


def stream(archive: zipfile.ZipFile, member: zipfile.ZipInfo, measure: Measure, most: int) -> Iterator[bytes]:
    """One member's bytes, counted as they come.  Raises Refused or Measureless."""
    if member.flag_bits & 1:
        raise Refused("encrypted")
    if member.compress_type not in _READABLE:
        raise Refused("packed in a rare way: not opened")
    left = most
    with archive.open(member) as packed:
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Measureless
            measure.take(len(chunk))
            yield chunk


def feed(chunks: Iterator[bytes], target: Target) -> bool:
    """False when the document ended early or is not well formed.  Raises Refused when it declares a document type."""
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException:
        raise Refused("its XML declares a document type or entities: not read") from None
    except Enough:
        return True
    except (ParseError, Measureless, zipfile.BadZipFile, zlib.error, EOFError):
        return False
    return True


def local(tag: str) -> str:
    """`{namespace}p` is p: Office writes two namespaces for each vocabulary (ECMA-376 transitional and strict)."""
    return tag.rpartition("}")[2]


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """By its local name, whatever its namespace."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.endswith("}" + name)), None)


class Relations:
    """The targets of a part's relationships (ECMA-376 part 2 section 9.3), inside the package only."""

    def __init__(self, package: Package, part: str) -> None:
        self._folder, _, name = part.rpartition("/")
        self.targets: dict[str, tuple[str, str]] = {}
        relations = f"{self._folder}/_rels/{name}.rels".lstrip("/").lower()
        if relations in package:
            package.feed(relations, self)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        # What lies outside the package is never fetched.
        if local(tag) == "Relationship" and attributes.get("TargetMode", "").lower() != "external":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, self._resolved(attributes.get("Target", "")))

    def end(self, tag: str) -> None:
        """Nothing hangs on it."""

    def data(self, text: str) -> None:
        """Relationships have no text."""

    def of(self, kind: str) -> list[str]:
        """The targets of one kind ("header"), each once, in the order of the file."""
        return list(dict.fromkeys(target for found, target in self.targets.values() if found == kind))

    def _resolved(self, target: str) -> str:
        """A name inside the package; never a path outside of it."""
        if target.startswith("/"):
            return target.lstrip("/").lower()
        folders = self._folder.split("/") if self._folder else []
        for step in target.replace("\\", "/").split("/"):
            if step == "..":
                folders = folders[:-1]
            elif step not in {"", "."}:
                folders.append(step)
        return "/".join(folders).lower()
