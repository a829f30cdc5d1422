"""PDFs and pictures of pages, made by hand."""

import zlib
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/"
SERIF = FONTS + "liberation/LiberationSerif-Regular.ttf"
LETTER = (
    "Madame, Monsieur,",
    "La chaudière est en panne depuis lundi et ma fille tousse.",
    "Je vous prie de faire intervenir un technicien avant vendredi.",
    "Référence locataire : 00458712",
)


def picture(
    lines: tuple[str, ...] = LETTER, size: tuple[int, int] = (1654, 2339), face: str = SERIF, points: int = 44
) -> Image.Image:
    """A page in black on white."""
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(face, points)
    for number, line in enumerate(lines):
        pen.text((130, 170 + number * round(points * 1.8)), line, font=font, fill=0)
    return image


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def pdf(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, what in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, what)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(
        out + b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, trailer, start)
    )


def stream(content: bytes, dictionary: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), dictionary, content)


def packed(content: bytes, dictionary: bytes = b"") -> bytes:
    return stream(zlib.compress(content), b"/Filter/FlateDecode" + dictionary)


def text(lines: tuple[str, ...], x: int = 60, y: int = 780, step: int = 16) -> bytes:
    """Drawing of these lines in the font F."""
    shown = b"".join(b"(%s) Tj 0 -%d Td\n" % (_escaped(line), step) for line in lines)
    return b"BT /F 11 Tf %d %d Td\n%sET\n" % (x, y, shown)


def _escaped(line: str) -> bytes:
    return line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pages(
    *contents: bytes,
    pictures: dict[int, Image.Image] | None = None,
    catalog: bytes = b"",
    extra: tuple[bytes, ...] = (),
    annots: bytes = b"",
    font: bytes = b"",
) -> bytes:
    """A document of these contents; picture N fills page N under its content; `extra` objects start at number 10."""
    font = font or b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    fixed = [b"", b"", font, *[b"null"] * 6, *extra]
    kids = []
    for number, content in enumerate(contents):
        drawn, resources = content, b"/Font<</F 3 0 R>>"
        image = (pictures or {}).get(number)
        if image is not None:
            jpeg = b"/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"
            fixed.append(stream(saved(image, "JPEG", quality=85), jpeg % image.size))
            resources += b"/XObject<</I %d 0 R>>" % len(fixed)
            drawn = b"q 595 0 0 842 0 0 cm /I Do Q\n" + content
        fixed.append(packed(drawn))
        inner = len(fixed)
        fixed.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<%s>>/Contents %d 0 R%s>>"
            % (resources, inner, b"/Annots[%s]" % annots if annots and number == 0 else b"")
        )
        kids.append(b"%d 0 R" % len(fixed))
    fixed[0] = b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog
    fixed[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return pdf(*fixed)
