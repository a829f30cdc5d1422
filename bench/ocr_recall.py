"""How many words of a scan are read, against plain `tesseract -l fra`: `python bench/ocr_recall.py [--pages N] [KIND…]`.

The pages are made here, with Debian's fonts and invented people, then spoilt in the ways in which tenants spoil them.
"""

import argparse
import os
import random
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from mailbot.engines.tesseract import Tesseract
from mailbot.model import Account, ReadingRequest
from mailbot.reading import RawPart
from mailbot.reading.attachments import Budget, read_attachment

FONTS = Path("/usr/share/fonts/truetype")
FACES = ("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSans.ttf")
REQUEST = ReadingRequest(Account("accueil"), ("fr",))
SENTENCES = (
    "Nous vous confirmons que le logement situé 14 rue des Tilleuls à Valbourg est assuré contre l'incendie.",
    "La présente attestation est délivrée pour servir et valoir ce que de droit et n'engage pas l'assureur au-delà.",
    "Je vous écris au sujet de l'humidité qui s'est installée dans la chambre des enfants depuis l'hiver dernier.",
    "Le plombier devait passer mardi matin entre huit heures et midi, mais personne n'est venu.",
    "Veuillez trouver ci-joint le relevé de mon compteur ainsi que la copie de ma dernière quittance.",
    "Malgré plusieurs appels au 01 99 00 41 27, la chaudière n'a toujours pas été réparée.",
    "Le montant des charges récupérables s'élève à 1 284,56 euros pour l'exercice écoulé.",
    "À défaut de règlement sous huit jours, nous serons contraints d'engager une procédure.",
    "Les garanties souscrites couvrent le dégât des eaux, le bris de glace et la responsabilité civile.",
    "Je reste à votre disposition pour convenir d'un rendez-vous et vous remercie de votre diligence.",
    "Votre avis d'échéance du mois de février 2026 tient compte de l'aide personnalisée au logement.",
    "L'ascenseur de l'escalier B est en panne depuis le 3 janvier et ma mère ne peut plus descendre.",
    "Conformément à l'article 7 de la loi, le locataire est tenu de répondre des dégradations survenues.",
    "Une fuite goutte sous l'évier de la cuisine et le parquet commence à gonfler près de la fenêtre.",
)
FIELDS = (
    ("Assurée", "Claire Fontaine-Delmas"),
    ("Numéro de contrat", "HB 4471 902 335"),
    ("Référence locataire", "00458712"),
    ("Adresse du risque", "14 rue des Tilleuls, bâtiment C, 03990 Valbourg"),
    ("Date d'effet", "01/01/2026"),
    ("Date d'échéance", "31/12/2026"),
    ("Prime annuelle TTC", "212,40 €"),
    ("Téléphone", "06 39 98 12 44"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it was printed, and the words on it."""

    image: Image.Image
    words: Counter[str]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.replace("’", "'").casefold()))


def sheet(seed: int, dpi: int = 200) -> Sheet:
    """A letter, a certificate or a table, by its number."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is secret
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    face = str(FONTS / FACES[seed % len(FACES)])
    size = chance.choice((10.0, 11.0, 12.0))
    body, head = (ImageFont.truetype(face, round(points * dpi / 72)) for points in (size, size * 1.6))
    left, top, line = round(0.9 * dpi), round(0.9 * dpi), round(size * 1.35 * dpi / 72)
    said: list[str] = []

    def put(text: str, font: ImageFont.FreeTypeFont, x: int) -> None:
        nonlocal top
        pen.text((x, top), text, font=font, fill=0)
        said.append(text)
        top += round(line * (1.7 if font is head else 1))

    put(("Attestation d'assurance habitation", "Réclamation", "Relevé de situation")[seed % 3], head, left)
    top += line
    if seed % 3 != 1:
        rule = seed % 3 == 2
        for label, value in chance.sample(FIELDS, 6):
            if rule:
                pen.rectangle((left - 12, top - 8, width - left, top + line + 2), outline=0, width=max(1, dpi // 100))
            y = top
            put(f"{label}", body, left)
            pen.text((left + round(2.4 * dpi), y), value, font=body, fill=0)
            said.append(value)
            top += round(line * 0.5)
        top += line
    for paragraph in range(4):
        text = " ".join(chance.sample(SENTENCES, 4))
        for row in _wrapped(text, body, width - 2 * left):
            put(row, body, left)
        top += line * (1 + paragraph % 2)
    return Sheet(page, words(" ".join(said)))


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterable[str]:
    row = ""
    for word in text.split():
        if row and font.getlength(f"{row} {word}") > width:
            yield row
            row = word
        else:
            row = f"{row} {word}".strip()
    yield row


# --- the ways in which pages are spoilt ------------------------------------------------------------------------------


def _array(image: Image.Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.asarray(image, dtype=np.float32)


def _image(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def grain(image: Image.Image, seed: int, strength: float = 6) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, strength, image.size[::-1]).astype(np.float32)
    return _image(_array(image.convert("L")) + noise)


def clean(page: Image.Image, _seed: int) -> Image.Image:
    return page


def skew(page: Image.Image, seed: int) -> Image.Image:
    angle = (3, -5, 7, -9, 12, -13)[seed % 6]
    return grain(page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255), seed)


def turned(page: Image.Image, seed: int) -> Image.Image:
    return grain(page.rotate((90, 180, 270)[seed % 3], expand=True), seed)


def uneven_light(page: Image.Image, seed: int) -> Image.Image:
    height, width = page.size[::-1]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    slope = (x / width if seed % 2 else 1 - x / width) * 0.6 + (y / height) * 0.4
    return grain(_image(_array(page) * (0.95 - 0.72 * slope)), seed, 4)


def shadow(page: Image.Image, seed: int) -> Image.Image:
    """The hand and the telephone of whoever takes the picture."""
    width, height = page.size
    mask = Image.new("L", page.size, 255)
    pen = ImageDraw.Draw(mask)
    chance = random.Random(seed)  # noqa: S311
    x = chance.uniform(0.25, 0.6) * width
    pen.polygon([(x, 0), (width, 0), (width, height * 0.8), (x + 0.2 * width, height)], fill=95)
    pen.ellipse((x - 300, height * 0.55, x + 500, height * 1.1), fill=70)
    mask = mask.filter(ImageFilter.GaussianBlur(14))
    return grain(_image(_array(page) * _array(mask) / 255 * 0.93), seed, 4)


def low_contrast(page: Image.Image, seed: int) -> Image.Image:
    return grain(_image(205 - (255 - _array(page)) * 0.16), seed, 5)


def coloured_paper(page: Image.Image, seed: int) -> Image.Image:
    paper = ((150, 190, 120), (120, 150, 200), (205, 150, 90), (190, 120, 150))[seed % 4]
    ink = (40, 40, 90)
    share = _array(page)[..., None] / 255
    colours = share * np.array(paper, np.float32) + (1 - share) * np.array(ink, np.float32)
    noise = np.random.default_rng(seed).normal(0, 7, colours.shape)
    return Image.fromarray(np.clip(colours + noise, 0, 255).astype(np.uint8))


def small(page: Image.Image, seed: int) -> Image.Image:
    """100 dpi, as messengers shrink photographs."""
    shrunk = page.resize((round(page.width / 2), round(page.height / 2)), Image.Resampling.BILINEAR)
    return _jpeg(grain(shrunk, seed, 4), 55)


def perspective(page: Image.Image, seed: int) -> Image.Image:
    """A sheet on a table, taken aslant, by telephone."""
    chance = random.Random(seed)  # noqa: S311
    width, height = page.size
    out = (round(width * 1.15), round(height * 1.1))
    corners = [
        (out[0] * chance.uniform(0.10, 0.20), out[1] * chance.uniform(0.05, 0.10)),
        (out[0] * chance.uniform(0.80, 0.90), out[1] * chance.uniform(0.04, 0.12)),
        (out[0] * chance.uniform(0.93, 0.98), out[1] * chance.uniform(0.90, 0.97)),
        (out[0] * chance.uniform(0.02, 0.07), out[1] * chance.uniform(0.88, 0.97)),
    ]
    desk = grain(Image.new("L", out, 78), seed, 14).filter(ImageFilter.GaussianBlur(1.2))
    laid, where = _laid(page, corners, out)
    desk.paste(laid, mask=where)
    return _jpeg(grain(desk, seed + 1, 4), 70)


def aslant(page: Image.Image, seed: int) -> Image.Image:
    """Taken aslant and so near that no edge of the sheet is seen."""
    chance = random.Random(seed)  # noqa: S311
    width, height = page.size
    tilt = chance.uniform(0.05, 0.09)
    corners = [
        (width * tilt, height * 0.02),
        (width * (1 - tilt), -height * 0.015),
        (width * 1.01, height * 1.0),
        (-width * 0.02, height * 1.02),
    ]
    laid, where = _laid(page, corners, (width, height))
    paper = Image.new("L", (width, height), 238)
    paper.paste(ImageChops.multiply(laid, Image.new("L", laid.size, 238)), mask=where)
    return _jpeg(grain(paper, seed, 4), 75)


def fax(page: Image.Image, seed: int) -> Image.Image:
    speckled = grain(page, seed, 70)
    return speckled.point(lambda value: 255 if value > 128 else 0)


def blurred(page: Image.Image, seed: int) -> Image.Image:
    return _jpeg(grain(page.filter(ImageFilter.GaussianBlur(1.6)), seed, 5), 45)


def everything(page: Image.Image, seed: int) -> Image.Image:
    """Coloured light, a shadow, aslant and a little skewed: the telephone in the kitchen."""
    return shadow(perspective(page, seed).rotate((3, -4, 5)[seed % 3], Image.Resampling.BICUBIC, fillcolor=78), seed)


def _laid(
    page: Image.Image, corners: list[tuple[float, float]], out: tuple[int, int]
) -> tuple[Image.Image, Image.Image]:
    width, height = page.size
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    found = tuple(float(value) for value in np.linalg.solve(np.array(rows), np.array(right)))
    method, cubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    return page.transform(out, method, found, cubic), Image.new("L", page.size, 255).transform(out, method, found)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).copy()


KINDS: dict[str, Callable[[Image.Image, int], Image.Image]] = {
    "clean": clean,
    "skew": skew,
    "turned": turned,
    "uneven light": uneven_light,
    "shadow": shadow,
    "low contrast": low_contrast,
    "coloured paper": coloured_paper,
    "100 dpi": small,
    "perspective": perspective,
    "aslant": aslant,
    "fax": fax,
    "blurred": blurred,
    "everything": everything,
}


# --- who reads -------------------------------------------------------------------------------------------------------


def plain(image: Image.Image) -> tuple[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        image.save(path)
        started = time.perf_counter()
        done = subprocess.run(["tesseract", path, "-", "-l", "fra"], capture_output=True, text=True, check=False)
        return done.stdout, time.perf_counter() - started


def ours(image: Image.Image) -> tuple[str, float]:
    out = BytesIO()
    image.save(out, "PNG")
    budget = Budget(Tesseract(), ("fr",), 30, time.monotonic() + 120, lambda: None)
    started = time.perf_counter()
    part = read_attachment(RawPart("scan.png", "image/png", out.getvalue()), "attachment 1", REQUEST, budget)
    return part.text, time.perf_counter() - started


def recall(text: str, wanted: Counter[str]) -> float:
    return (wanted & words(text)).total() / wanted.total()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--pages", type=int, default=4)
    asked.add_argument("--save", type=Path)
    options = asked.parse_args()
    print("| kind | plain | ours | worst plain | worst ours | time, plain = 1 |\n|---|---|---|---|---|---|")
    for kind in options.kinds:
        rows = []
        for seed in range(options.pages):
            made = sheet(seed, 300 if kind == "clean" and seed % 2 else 200)
            image = KINDS[kind](made.image, seed)
            if options.save:
                options.save.mkdir(exist_ok=True)
                image.save(options.save / f"{kind.replace(' ', '-')}-{seed}.png")
            (theirs, slow), (mine, own) = plain(image), ours(image)
            rows.append((recall(theirs, made.words), recall(mine, made.words), slow, own))
        there, here, slow, own = (sum(column) / len(rows) for column in zip(*rows, strict=True))
        worst = min(row[0] for row in rows), min(row[1] for row in rows)
        print(
            f"| {kind} | {there:.1%} | {here:.1%} | {worst[0]:.1%} | {worst[1]:.1%} | {own / slow:.2f} |", flush=True
        )


if __name__ == "__main__":
    main()
