"""Pages as they were printed, and the words on them: letters, forms, certificates, invoices, tables, receipts, screens.

Two sets that share no sentence, no person and no typeface: one to work with, one to look at only at the end.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path("/usr/share/fonts/truetype")
Face = tuple[str, str]
"""Regular and bold."""


@dataclass(frozen=True, slots=True)
class Source:
    """What pages are made of."""

    faces: tuple[Face, ...]
    sentences: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]


SEEN = Source(
    (
        ("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf"),
        ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
        ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
    ),
    (
        "Nous vous confirmons que le logement situé 14 rue des Tilleuls à Valbourg est assuré contre l'incendie.",
        "La présente attestation est délivrée pour servir et valoir ce que de droit et n'engage pas l'assureur.",
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
    ),
    (
        ("Assurée", "Claire Fontaine-Delmas"),
        ("Numéro de contrat", "HB 4471 902 335"),
        ("Référence locataire", "00458712"),
        ("Adresse du risque", "14 rue des Tilleuls, bâtiment C, 03990 Valbourg"),
        ("Date d'effet", "01/01/2026"),
        ("Date d'échéance", "31/12/2026"),
        ("Prime annuelle TTC", "212,40 €"),
        ("Téléphone", "06 39 98 12 44"),
    ),
    ("Attestation d'assurance habitation", "Réclamation", "Relevé de situation", "Avis d'échéance"),
    (
        ("Loyer principal", "512,30", "janvier"),
        ("Provisions pour charges", "84,10", "janvier"),
        ("Eau froide", "23,75", "février"),
        ("Chauffage collectif", "61,02", "février"),
        ("Entretien ascenseur", "7,48", "mars"),
        ("Taxe ordures ménagères", "15,90", "mars"),
        ("Remplacement robinet", "138,00", "avril"),
        ("Aide au logement", "-204,00", "avril"),
    ),
)
HELD_OUT = Source(
    (
        ("dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSerif-Bold.ttf"),
        ("liberation/LiberationSansNarrow-Regular.ttf", "liberation/LiberationSansNarrow-Bold.ttf"),
        ("dejavu/DejaVuSansCondensed.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf"),
        ("liberation/LiberationMono-Regular.ttf", "liberation/LiberationMono-Bold.ttf"),
        ("liberation/LiberationSerif-Italic.ttf", "liberation/LiberationSerif-BoldItalic.ttf"),
    ),
    (
        "Par la présente, je donne congé de l'appartement que j'occupe au quatrième étage, avec un préavis d'un mois.",
        "La commission de surendettement a déclaré recevable le dossier déposé par Madame Ségolène Hautbois.",
        "Mon fils aîné est asthmatique et le médecin recommande un relogement au rez-de-chaussée, sans moquette.",
        "Des cafards remontent par la gaine technique, bien que le traitement ait été effectué en septembre.",
        "Le prélèvement du 5 a été rejeté par la banque faute de provision, frais compris : 18,50 euros.",
        "Nous attestons que l'intéressé perçoit une pension d'invalidité de deuxième catégorie depuis juin 2023.",
        "Le voisin du dessus fait aboyer son chien toute la nuit, et la gardienne n'ose plus intervenir.",
        "Toute fausse déclaration expose son auteur aux sanctions prévues par le code pénal.",
        "Le constat a été établi contradictoirement en présence du gestionnaire et d'un témoin majeur.",
        "Le volet roulant du séjour reste bloqué à mi-hauteur, si bien que la pièce demeure sombre.",
        "Votre demande d'échange de logement sera examinée lors de la prochaine séance de la commission.",
        "Je soussignée Ondine Kervella, demeurant 7 impasse du Lavoir, certifie héberger ma sœur à titre gratuit.",
        "Le technicien a coupé le gaz par mesure de sécurité et posé une étiquette rouge sur le robinet.",
        "Sauf erreur de ma part, aucune régularisation n'a été effectuée pour les exercices 2023 et 2024.",
    ),
    (
        ("Bailleur", "Société Habitat des Trois Vallées"),
        ("Locataire", "Ségolène Hautbois"),
        ("Dossier", "2025-SUR-08841"),
        ("Logement", "7 impasse du Lavoir, escalier 2, 01990 Montclar"),
        ("Surface habitable", "63,4 m²"),
        ("Dépôt de garantie", "498,00 €"),
        ("Entrée dans les lieux", "17/09/2019"),
        ("Courriel", "s.hautbois@example.org"),
    ),
    ("Constat amiable", "Congé du locataire", "Facture de dépannage", "Certificat d'hébergement"),
    (
        ("Déplacement zone 2", "45,00", "forfait"),
        ("Joint fibre", "3,20", "pièce"),
        ("Main d'œuvre", "116,50", "heure"),
        ("Mitigeur thermostatique", "189,90", "pièce"),
        ("Évacuation gravats", "38,00", "sac"),
        ("Peinture glycéro", "27,45", "litre"),
        ("Nettoyage hottes", "72,15", "forfait"),
        ("Remise fidélité", "-12,00", "unité"),
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    image: Image.Image
    words: "Counter[str]"


def words(text: str) -> "Counter[str]":
    """What is compared: letters and digits in a row, whatever their case."""
    return Counter(re.findall(r"[^\W_]+", text.replace("’", "'").casefold()))


@dataclass
class _Press:
    """A sheet in the making; lengths in points, 72 to the inch."""

    source: Source
    chance: random.Random
    dpi: int
    width: float = 595
    height: float = 842
    paper: int = 255
    ink: int = 0
    said: list[str] = field(default_factory=list)
    y: float = 60

    def __post_init__(self) -> None:
        self.image = Image.new("L", (self.px(self.width), self.px(self.height)), self.paper)
        self.pen = ImageDraw.Draw(self.image)
        self.face = self.chance.choice(self.source.faces)
        self.size = self.chance.choice((9.5, 10.0, 11.0, 12.0))

    def px(self, points: float) -> int:
        return round(points * self.dpi / 72)

    def font(self, scale: float = 1.0, *, bold: bool = False) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(FONTS / self.face[bold]), self.px(self.size * scale))

    def put(self, x: float, text: str, scale: float = 1.0, *, bold: bool = False, ink: int | None = None) -> None:
        self.pen.text(
            (self.px(x), self.px(self.y)), text, font=self.font(scale, bold=bold), fill=self.ink if ink is None else ink
        )
        self.said.append(text)

    def feed(self, lines: float = 1.0) -> None:
        self.y += self.size * 1.35 * lines

    def paragraph(self, x: float, width: float, sentences: int, most: float) -> None:
        text = " ".join(self.chance.sample(self.source.sentences, sentences))
        for row in _wrapped(text, self.font(), self.px(width)):
            if self.y > most:
                return
            self.put(x, row)
            self.feed()
        self.feed(0.6)

    def sheet(self) -> Sheet:
        return Sheet(self.image, words(" ".join(self.said)))


def letter(press: _Press) -> None:
    for row in press.chance.sample(press.source.fields, 3):
        press.put(60, row[1])
        press.feed()
    press.y = 150
    press.put(330, press.source.fields[3][1].split(",")[0])
    press.feed(3)
    press.put(60, f"Objet : {press.chance.choice(press.source.titles)}", bold=True)
    press.feed(2)
    for _ in range(4):
        press.paragraph(60, 475, 4, 760)


def form(press: _Press) -> None:
    press.put(60, press.chance.choice(press.source.titles), 1.6, bold=True)
    press.feed(3)
    for label, value in press.chance.sample(press.source.fields, 7):
        box = (50, press.y - 5, 545, press.y + press.size * 1.35 + 4)
        press.pen.rectangle([press.px(side) for side in box], outline=0, width=max(1, press.px(0.7)))
        press.pen.line([press.px(side) for side in (210, box[1], 210, box[3])], fill=0, width=max(1, press.px(0.7)))
        press.put(58, label, bold=True)
        press.put(218, value)
        press.y = box[3] + 7
    press.feed()
    for text in press.chance.sample(press.source.sentences, 5):
        side = press.px(press.size * 0.9)
        x, y = press.px(60), press.px(press.y + 2)
        press.pen.rectangle((x, y, x + side, y + side), outline=0, width=max(1, press.px(0.8)))
        for row in _wrapped(text, press.font(), press.px(440)):
            press.put(80, row)
            press.feed()
        press.feed(0.4)


def certificate(press: _Press) -> None:
    press.pen.rectangle([press.px(side) for side in (0, 0, press.width, 70)], fill=40)
    press.y = 22
    press.put(60, press.chance.choice(press.source.titles), 1.7, bold=True, ink=250)
    press.pen.ellipse([press.px(side) for side in (480, 90, 540, 150)], outline=90, width=press.px(4))
    press.y = 100
    press.paragraph(60, 390, 2, 400)
    press.pen.rectangle([press.px(side) for side in (50, press.y - 6, 545, press.y + 7 * press.size * 1.8)], fill=225)
    for label, value in press.chance.sample(press.source.fields, 6):
        press.put(60, f"{label} :")
        press.put(230, value, bold=True)
        press.feed(1.5)
    press.feed(2)
    press.paragraph(60, 475, 5, 640)
    last = [(press.px(350 + 8 * step), press.px(700 + press.chance.uniform(-22, 22))) for step in range(20)]
    press.pen.line(last, fill=30, width=press.px(1.5), joint="curve")


def invoice(press: _Press, *, ruled: bool = True) -> None:
    press.put(60, press.chance.choice(press.source.titles), 1.5, bold=True)
    press.feed(2.5)
    for label, value in press.chance.sample(press.source.fields, 3):
        press.put(60, f"{label} : {value}")
        press.feed()
    press.feed(1.5)
    columns = (60, 300, 390, 470)
    for x, head in zip(columns, ("Désignation", "Période", "Montant", "Solde"), strict=True):
        press.put(x, head, bold=True)
    top = press.y - 4
    press.feed(1.6)
    for name, amount, period in press.chance.sample(press.source.rows, 8):
        balance = f"{press.chance.randint(10, 900)},{press.chance.randint(10, 99)}"
        for x, cell in zip(columns, (name, period, amount, balance), strict=True):
            press.put(x, cell)
        press.feed(1.6)
        if ruled:
            press.pen.line([press.px(side) for side in (52, press.y - 5, 540, press.y - 5)], fill=0, width=1)
    if ruled:
        for x in (52, 292, 382, 462, 540):
            press.pen.line([press.px(side) for side in (x, top, x, press.y - 5)], fill=0, width=max(1, press.px(0.6)))
    press.feed()
    press.paragraph(60, 475, 4, 780)


def table(press: _Press) -> None:
    invoice(press, ruled=False)


def columns(press: _Press) -> None:
    press.put(60, press.chance.choice(press.source.titles), 1.8, bold=True)
    press.feed(3)
    start = press.y
    for x in (60, 310):
        press.y = start
        for _ in range(3):
            press.paragraph(x, 225, 4, 780)


def notice(press: _Press) -> None:
    """A few lines on a large sheet, as people hang them up in the stairs."""
    press.size *= 1.8
    press.put(60, press.chance.choice(press.source.titles), 1.4, bold=True)
    press.feed(2.5)
    press.paragraph(60, 475, 2, 780)


def receipt(press: _Press) -> None:
    """A till slip: narrow."""
    press.size = 9
    press.y = 20
    press.put(20, press.source.fields[0][1])
    press.feed(2)
    for name, amount, _ in press.chance.sample(press.source.rows, 8):
        press.put(16, name)
        press.put(170, amount)
        press.feed(1.2)
    press.feed()
    press.paragraph(16, 190, 2, 500)


def screen(press: _Press) -> None:
    """A telephone's dark screen."""
    press.size = 11
    press.put(24, press.chance.choice(press.source.titles), 1.3, bold=True)
    press.feed(2.5)
    for _ in range(4):
        press.paragraph(24, 300, 2, 620)


DESIGNS: dict[str, Callable[[_Press], None]] = {
    "letter": letter,
    "form": form,
    "certificate": certificate,
    "invoice": invoice,
    "table": table,
    "columns": columns,
    "notice": notice,
}
"""Whole sheets of A4."""


def sheet(source: Source, seed: int, dpi: int = 200, design: str = "") -> Sheet:
    """The page of this number; of all designs in turn unless one is named."""
    # Not the seed alone: Random(0) and Random(1) begin alike.
    chance = random.Random(f"{seed} {design}")  # noqa: S311 - nothing here is secret
    match design:
        case "receipt":
            press = _Press(source, chance, dpi, width=220, height=520)
            receipt(press)
        case "double":
            return _beside(sheet(source, 2 * seed, dpi, "letter"), sheet(source, 2 * seed + 1, dpi, "columns"))
        case "screen":
            press = _Press(source, chance, 220, width=350, height=660, paper=18, ink=225)
            screen(press)
        case _:
            press = _Press(source, chance, dpi)
            DESIGNS[design or list(DESIGNS)[seed % len(DESIGNS)]](press)
    return press.sheet()


def _beside(left: Sheet, right: Sheet) -> Sheet:
    """An open booklet."""
    both = Image.new("L", (left.image.width + right.image.width, left.image.height), 255)
    both.paste(left.image)
    both.paste(right.image, (left.image.width, 0))
    return Sheet(both, left.words + right.words)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    row = ""
    for word in text.split():
        if row and font.getlength(f"{row} {word}") > width:
            yield row
            row = word
        else:
            row = f"{row} {word}".strip()
    yield row
