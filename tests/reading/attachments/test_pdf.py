from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from mailbot.ports import OcrText
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.pdf import PdfText, read_pdf
from tests.reading.attachments.conftest import CountingOcr
from tests.reading.attachments.made import LETTER, SERIF, pages, pdf, picture, stream, text

LAYER = text(LETTER)
SCAN = picture()
OVER_SCAN = b"BT 3 Tr ET " + text(LETTER, y=770, step=29)
"""An invisible layer where the scan's lines are, as a good scanner leaves it."""


def read(content: bytes, budget: Budget) -> PdfText:
    return read_pdf(content, "attachment 1", budget)


def whats(found: PdfText) -> list[str]:
    return [defect.what for defect in found.defects]


def test_a_good_layer_is_never_recognised(budget: Budget, ocr: CountingOcr) -> None:
    found = read(pages(LAYER, LAYER), budget)

    assert found.text.splitlines()[:4] == list(LETTER)
    assert (found.pages, found.source, found.confidence, found.defects) == (2, "pdf", None, ())
    assert ocr.recognised == []


@pytest.mark.parametrize(
    "lines",
    [
        ("Facture 4471",),
        ("QUITTANCE DE LOYER", "M. FONTAINE 14 RUE DES TILLEULS", "512,30 EUR"),
        ("Sommaire ............ 2", "Annexes ............. 17"),
        ("IBAN FR76 9999 9000 0112 3456 7890 189", "BIC ABCDFRPP"),
        ("Sehr geehrte Damen und Herren,", "hiermit bestaetige ich den Empfang."),
    ],
)
def test_short_and_odd_layers_are_good(lines: tuple[str, ...], budget: Budget, ocr: CountingOcr) -> None:
    assert read(pages(text(lines)), budget).text.splitlines() == list(lines)
    assert ocr.recognised == []


def test_a_picture_behind_the_text_is_no_scan(budget: Budget, ocr: CountingOcr) -> None:
    paper = Image.linear_gradient("L").resize((600, 850)).point(lambda value: 225 + value // 9)

    assert read(pages(text(LETTER * 3), pictures={0: paper}), budget).text.startswith(LETTER[0])
    assert ocr.recognised == []


def test_the_good_layer_of_a_scanner_is_kept(budget: Budget, ocr: CountingOcr) -> None:
    assert read(pages(OVER_SCAN, pictures={0: SCAN}), budget).text.splitlines() == list(LETTER)
    assert ocr.recognised == []


def shifted(line: str) -> str:
    """As a subset font without ToUnicode gives it: each letter 29 places off."""
    return "".join(chr(ord(letter) - 29) if 61 < ord(letter) < 127 else letter for letter in line)


MISREAD = (
    "l\\/ladarne, l\\/l0nsi6ur,",
    "1a chaud1er€ €st €n pann€ d6puis 1undi €t rna fi||6 t0uss6.",
    "J€ v0us pri€ d€ fair€ int€rv€nir un t6chnici€n avant v€ndr€di.",
)


@pytest.mark.parametrize(
    "layer",
    [
        b"",
        text(("Scanned by CamScanner",), y=20),
        text(MISREAD, y=770, step=29),
        text(tuple(shifted(line) for line in LETTER), y=770, step=29),
        text(tuple(line.encode().decode("cp1252", "ignore") for line in LETTER), y=770, step=29),
        text(("\x01\x02\x03\x04\x05 \x06\x07\x0e" * 6,) * 3, y=770, step=29),
    ],
    ids=["none", "stray words", "earlier OCR", "no ToUnicode", "mojibake", "controls"],
)
def test_a_layer_that_does_not_say_what_is_seen_is_recognised(layer: bytes, budget: Budget, ocr: CountingOcr) -> None:
    if layer:
        # What the page says when it is recognised need be proved once.
        ocr.answer = OcrText("\n".join(LETTER), 0.9, 25)
    found = read(pages(b"3 Tr " + layer, pictures={0: SCAN}), budget)

    assert "La chaudière est en panne depuis lundi et ma fille tousse." in found.text
    assert "€st" not in found.text
    assert "CamScanner" in found.text or b"CamScanner" not in layer
    assert found.source == "ocr"
    assert found.confidence is not None
    assert found.confidence > 0.8
    assert len(ocr.recognised) == 1


def test_letters_drawn_as_outlines_are_recognised(budget: Budget) -> None:
    """A page without layer and without picture is not empty for that."""
    drawing = Image.new("1", (500, 60), 1)
    ImageDraw.Draw(drawing).text((4, 4), "Quittance de loyer", font=ImageFont.truetype(SERIF, 44), fill=0)
    dots = b"".join(
        b"%d %d 1 1 re " % (50 + x, 700 - y) for y in range(60) for x in range(500) if not drawing.getpixel((x, y))
    )

    assert "Quittance de loyer" in read(pages(dots + b"f"), budget).text


def test_mixed_documents_are_read_page_by_page(budget: Budget, ocr: CountingOcr) -> None:
    found = read(pages(text(("Première page",)), b"", text(("Troisième page",)), pictures={1: SCAN}), budget)

    assert [found.text.index(words) for words in ("Première", "chaudière", "Troisième")] == sorted(
        found.text.index(words) for words in ("Première", "chaudière", "Troisième")
    )
    assert found.source == "pdf"
    assert len(ocr.recognised) == 1


def test_scans_beyond_the_budget_are_named_and_layers_are_still_read(budget: Budget) -> None:
    budget.pages = 0
    found = read(pages(b"", b"", LAYER, pictures={0: SCAN, 1: SCAN}), budget)

    assert found.text.splitlines() == list(LETTER)
    assert whats(found) == ["2 scanned pages were not read: too many, or no time left"]


def test_blank_pages_cost_no_recognition(budget: Budget, ocr: CountingOcr) -> None:
    found = read(pages(b"", b"", pictures={1: Image.new("L", (1654, 2339), 250)}), budget)

    assert (found.text, found.defects, ocr.recognised, budget.pages) == ("", (), [], 30)


def test_rows_of_a_table_are_lines(budget: Budget) -> None:
    """Its columns are drawn one after the other: the layer alone would tear the rows apart."""
    rows = (("Désignation", "Période", "Montant"), ("Loyer", "janvier", "512,30"), ("Eau froide", "février", "23,75"))
    drawn = b"".join(text(tuple(row[column] for row in rows), x=60 + 150 * column, step=20) for column in range(3))
    drawn += b"".join(b"50 %d m 500 %d l S " % (794 - 20 * row, 794 - 20 * row) for row in range(4))
    drawn += b"".join(b"%d 794 m %d 734 l S " % (x, x) for x in (50, 200, 350, 500))
    found = read(pages(text(("Facture",), y=820) + drawn + text(("Merci",), y=700)), budget)

    assert found.text.splitlines() == ["Facture", *(" | ".join(row) for row in rows), "Merci"]


FORM = pages(
    text(("Nom :", "Observations :", "Accord"), step=30),
    catalog=b"/AcroForm<</Fields[10 0 R 11 0 R 12 0 R 13 0 R]/NeedAppearances true>>",
    extra=(
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(txt_1)/V(Claire Fontaine)/Rect[120 775 300 792]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(obs)/TU(Observations du locataire)/V(\xc9vier bouch\xe9)/Rect[150 745 400 762]>>",
        b"<</Subtype/Widget/FT/Btn/T(accord)/V/Oui/AS/Oui/AP<</N<</Oui 14 0 R/Off 14 0 R>>>>/Rect[120 715 134 729]>>",
        b"<</FT/Tx/T(loyer)/V(512,30)>>",
        stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 10 10]"),
        b"<</Type/Annot/Subtype/Text/Contents(Rappeler avant midi)/Rect[500 700 520 720]>>",
        b"<</Type/Annot/Subtype/FreeText/Contents(Urgent svp)/DA(/F 11 Tf)/Rect[400 600 520 620]>>",
    ),
    annots=b"10 0 R 11 0 R 12 0 R 15 0 R 16 0 R",
)


def test_what_is_filled_into_a_form_is_read(budget: Budget) -> None:
    lines = read(FORM, budget).text.splitlines()

    assert "Nom: Claire Fontaine" in lines
    assert "Observations du locataire: Évier bouché" in lines
    assert "[x] Accord" in lines
    assert "loyer: 512,30" in lines


def test_remarks_are_read(budget: Budget) -> None:
    lines = read(FORM, budget).text.splitlines()

    assert "Rappeler avant midi" in lines
    assert "Urgent svp" in lines


def test_a_form_of_xml_is_read(budget: Budget) -> None:
    values = (
        b"<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><Nom>Fontaine</Nom></xfa:data>"
    )
    content = pages(
        text(("Please wait...",)),
        catalog=b"/AcroForm<</Fields[]/XFA[(datasets) 10 0 R]>>",
        extra=(stream(values + b"</xfa:datasets>"),),
    )

    assert "Nom: Fontaine" in read(content, budget).text


def test_the_files_of_a_portfolio_are_handed_on(budget: Budget) -> None:
    content = pages(
        LAYER,
        catalog=b"/Names<</EmbeddedFiles<</Names[(a.txt) 10 0 R]>>>>/Collection<</View/D>>",
        extra=(
            b"<</Type/Filespec/F(a.txt)/UF(a.txt)/EF<</F 11 0 R>>>>",
            stream(b"bonjour", b"/Type/EmbeddedFile"),
        ),
    )

    assert read(content, budget).embedded == (("a.txt", b"bonjour"),)


def encrypted(user: bytes) -> bytes:
    from hashlib import md5  # noqa: PLC0415 - only to make the file

    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

    def rc4(key: bytes, what: bytes) -> bytes:
        state, at, out = list(range(256)), 0, bytearray()
        for number in range(256):
            at = (at + state[number] + key[number % len(key)]) % 256
            state[number], state[at] = state[at], state[number]
        one = other = 0
        for byte in what:
            one = (one + 1) % 256
            other = (other + state[one]) % 256
            state[one], state[other] = state[other], state[one]
            out.append(byte ^ state[(state[one] + state[other]) % 256])
        return bytes(out)

    owner = rc4(md5((b"owner" + padding)[:32]).digest()[:5], (user + padding)[:32])
    key = md5((user + padding)[:32] + owner + (-44).to_bytes(4, "little", signed=True) + b"0123456789abcdef").digest()[
        :5
    ]
    content = rc4(md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[:10], text(("Bail en pièce jointe",)))
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/P -44/O<%s>/U<%s>>>/ID[<%s><%s>]"
        % (owner.hex().encode(), rc4(key, padding).hex().encode(), *[b"0123456789abcdef".hex().encode()] * 2),
    )


def test_a_password_that_only_forbids_changes_does_not_matter(budget: Budget) -> None:
    assert read(encrypted(b""), budget).text == "Bail en pièce jointe"


def test_an_encrypted_file_is_said_to_be_so(budget: Budget) -> None:
    found = read(encrypted(b"secret"), budget)

    assert (found.text, whats(found)) == ("", ["encrypted: not read without its password"])


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 500, pages(LAYER)[:300]])
def test_a_broken_file_is_named(content: bytes, budget: Budget) -> None:
    assert whats(read(content, budget)) == ["not a readable PDF"]


def test_a_page_on_its_side_keeps_its_good_layer(budget: Budget, ocr: CountingOcr) -> None:
    """The layer's places must be compared with the page as it is shown."""
    document = pypdfium2.PdfDocument(pages(OVER_SCAN, pictures={0: SCAN}))
    for turn in (90, 180, 270):
        document[0].set_rotation(turn)
        out = BytesIO()
        document.save(out)

        assert sorted(read(out.getvalue(), budget).text.splitlines()) == sorted(LETTER)
    document.close()
    assert ocr.recognised == []
