"""The confusion matrix as a picture: rows are what careful people said, columns what was found."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_CELL: Final = 22
_MARGIN: Final = 190
_SIZE: Final = 12


def confusion_picture(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> bytes:
    """A PNG; right ones blue, mistaken ones red, the darker the more."""
    side = _MARGIN + _CELL * len(labels) + 10
    image = Image.new("RGB", (side, side), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(_SIZE)
    for row, label in enumerate(labels):
        at = _MARGIN + row * _CELL
        pen.text((_MARGIN - 8, at + _CELL // 2), label, fill="black", font=font, anchor="rm")
        written = Image.new("L", (_MARGIN - 8, _CELL), 0)
        ImageDraw.Draw(written).text((0, _CELL // 2), label, fill=255, font=font, anchor="lm")
        image.paste("black", (at, 0), written.rotate(90, expand=True))
    for row, counts in enumerate(matrix):
        total = max(sum(counts), 1)
        for column, count in enumerate(counts):
            left, top = _MARGIN + column * _CELL, _MARGIN + row * _CELL
            pale = 255 - round(200 * count / total) if count else 255
            color = (pale, pale, 255) if row == column else (255, pale, pale)
            pen.rectangle((left, top, left + _CELL, top + _CELL), fill=color if count else "white", outline="#dddddd")
            if count:
                pen.text((left + _CELL // 2, top + _CELL // 2), str(count), fill="black", font=font, anchor="mm")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
