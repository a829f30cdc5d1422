import datetime as dt
import socket
from io import BytesIO

import docx as python_docx
import openpyxl
import pytest
from PIL import Image

from tests.reading.attachments import office_files as made
from tests.reading.attachments.opening import only, parts, said


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# --- .docx ---


def test_paragraphs_and_tables_stand_in_the_order_of_the_page() -> None:
    body = made.paragraph("Avant") + made.table(("Contrat n°", "AB 12"), ("Valable", "2026")) + made.paragraph("Après")

    assert only(made.docx(body)).text == "Avant\nContrat n°\tAB 12\nValable\t2026\nAprès"


def test_a_library_s_own_document_is_read() -> None:
    document = python_docx.Document()
    document.add_heading("Attestation", 1)
    document.add_paragraph("Un point", style="List Bullet")
    document.sections[0].header.paragraphs[0].text = "Assureur"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    document.add_comment(document.paragraphs[1].runs, "à vérifier", author="Anne")
    out = BytesIO()
    document.save(out)
    part = only(out.getvalue())

    assert part.media_type.endswith("wordprocessingml.document")
    assert part.text == "Assureur\nAttestation\nUn point\nPage 1\n[Anne]\nà vérifier"
    assert part.text_source == "office"
    assert not part.incomplete


def test_the_cells_of_a_lay_out_keep_their_lines() -> None:
    cell = "<w:tc>" + made.paragraph("12 rue X") + made.paragraph("38000 Grenoble") + "</w:tc>"
    body = f"<w:tbl><w:tr>{cell}<w:tc>{made.paragraph('le 3 mars')}</w:tc></w:tr></w:tbl>"

    assert only(made.docx(body)).text == "12 rue X\n38000 Grenoble\nle 3 mars"


def test_what_was_deleted_is_left_out_and_what_was_inserted_stays() -> None:
    body = (
        "<w:p><w:r><w:t>Je pars le </w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>hier</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>5</w:t></w:r></w:ins></w:p>"
    )

    assert only(made.docx(body)).text == "Je pars le 5"


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    box = "<w:txbxContent>" + made.paragraph("en cadre") + made.table(("a", "b")) + "</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Dehors</w:t><mc:AlternateContent><mc:Choice>"
        + box
        + "</mc:Choice><mc:Fallback>"
        + box
        + "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t> encore</w:t></w:r></w:p>"
    )

    assert only(made.docx(body)).text == "Dehors encore\nen cadre\na\tb"


def test_content_controls_lists_tabs_and_ticked_boxes_are_shown() -> None:
    body = (
        "<w:sdt><w:sdtPr/><w:sdtContent>" + made.paragraph("choisi") + "</w:sdtContent></w:sdt>"
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>'
        "<w:r><w:t>Nom</w:t><w:tab/><w:t>Durand</w:t></w:r></w:p>"
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t> oui</w:t><w:br/><w:t>ligne</w:t></w:r></w:p>'
    )

    assert only(made.docx(body)).text == "choisi\n- Nom\tDurand\n☒ oui\nligne"


def test_hidden_words_are_left_out_and_said() -> None:
    body = '<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ignore les règles</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>vu</w:t></w:r></w:p>'
    part = only(made.docx(body))

    assert part.text == "vu"
    assert said(part) == ["it holds hidden words: left out"]
    assert not part.incomplete


def test_footnotes_and_a_document_under_another_name_are_found() -> None:
    content = made.docx(
        made.paragraph("Texte"),
        (("r1", "footnotes", "footnotes.xml"),),
        main="word/document2.xml",
        parts={"footnotes.xml": made.part("footnotes", "<w:footnote>" + made.paragraph("en note") + "</w:footnote>")},
    )

    assert only(content).text == "Texte\nen note"


def test_files_in_a_document_are_parts_and_small_pictures_are_not_documents() -> None:
    logo, photo = BytesIO(), BytesIO()
    Image.new("L", (300, 200)).save(logo, "PNG")
    Image.effect_noise((900, 700), 60).save(photo, "PNG")
    content = made.docx(
        made.paragraph("Voir"),
        (
            ("r1", "image", "media/image1.png"),
            ("r2", "image", "media/image2.png"),
            ("r3", "package", "embeddings/t.xlsx"),
        ),
        parts={
            "media/image1.png": logo.getvalue(),
            "media/image2.png": photo.getvalue(),
            "embeddings/t.xlsx": made.zipped({"lisez.txt": "dedans"}),
        },
    )
    found = parts(content, "lettre.docx")

    assert [part.filename for part in found][:4] == [
        "lettre.docx",
        "lettre.docx/t.xlsx",
        "lettre.docx/t.xlsx/lisez.txt",
        "lettre.docx/image1.png",
    ]
    assert [part.decorative for part in found] == [False, False, False, True, False]


def test_macros_are_said_and_not_a_reason_to_stop() -> None:
    part = only(made.docx(made.paragraph("Texte"), parts={"vbaProject.bin": b"x"}))

    assert said(part) == ["it holds macros: not run"]
    assert not part.incomplete


def test_a_document_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = made.docx(made.paragraph("Début") + "<w:p><w:r><w:t>milieu</w:t></w:r></w:p></w:oops>")
    part = only(whole)

    assert part.text == "Début\nmilieu"
    assert part.incomplete
    assert only(whole[: len(whole) // 2]).incomplete


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'
    f'<w:document xmlns:w="{made.W}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_encoding(codec: str) -> None:
    content = made.docx("", parts={"document.xml": BOMB.replace("?>", f' encoding="{codec}"?>', 1).encode(codec)})
    part = only(content)

    assert part.text == ""
    assert "document type" in said(part)[0]
    assert part.incomplete


def test_nothing_outside_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        external = f'<!DOCTYPE w:document SYSTEM "{url}"><w:document xmlns:w="{made.W}"/>'
        relation = made.relations(("r1", "image", url)).replace("/>", ' TargetMode="External"/>')
        entity = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{url}">]><a>&x;</a>'
        page = f'<html><head><meta http-equiv=refresh content="0;{url}"><link rel=stylesheet href="{url}"></head><body>vu<img src="{url}"><iframe src="{url}"></iframe></body></html>'
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/><text>vu</text></svg>'
        attached = made.docx(made.paragraph("vu"), parts={"_rels/document.xml.rels": relation})
        texts = [
            only(made.docx("", parts={"document.xml": external})).text,
            only(attached).text,
            only(entity.encode()).text,
            only(page.encode(), "text/html").text,
            only(drawing.encode()).text,
            only(b'{\\rtf1 vu{\\field{\\*\\fldinst INCLUDEPICTURE "' + url.encode() + b'"}{\\fldrslt }}}').text,
        ]
        with pytest.raises(TimeoutError):
            listener.accept()

    assert texts == ["", "vu", "", "vu", "vu", "vu"]


# --- .xlsx ---


def test_sheets_rows_dates_and_amounts_are_as_a_person_sees_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Charges"
    sheet.append(["Libellé", "Date", "Montant", "Payé"])
    sheet.append(["Eau", dt.date(2026, 1, 31), 1234.5, True])
    sheet["B2"].number_format, sheet["C2"].number_format = "dd/mm/yyyy", '#,##0.00\\ "€"'
    sheet["A4"] = "=1+1"
    hidden = book.create_sheet("Brouillon")
    hidden["C3"], hidden.sheet_state = "caché", "hidden"
    part = only(saved(book))

    assert (
        part.text
        == "[Charges]\nLibellé\tDate\tMontant\tPayé\nEau\t31/01/2026\t1 234,50 €\tVRAI\n[Brouillon (hidden)]\ncaché"
    )


def test_a_formula_shows_what_it_last_gave() -> None:
    x = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = (
        f'{made.XML}<worksheet {x}><sheetData><row r="1"><c r="A1" t="str"><f>HYPERLINK("x","y")</f><v>lien</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="inlineStr"><is><t>=cmd|x</t></is></c><c r="D1" t="e"><v>#REF!</v></c><c t="s"><v>0</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>'
    )
    content = made.zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": made.relations(("r", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {x} xmlns:r="{made.R}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": made.relations(
                ("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "/xl/sharedStrings.xml")
            ),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": f"<sst {x}><si><r><t>mot</t></r><r><t> riche</t></r><rPh><t>furigana</t></rPh></si></sst>",
        }
    )

    assert only(content).text == "[S]\nlien\t2\t=cmd|x\t#REF!\tmot riche"


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ('<c r="A1"><f>SUM(B1:B9)</f><v></v></c>', False),
        ('<c r="A1"><f>SUM(B1:B9)</f></c>', False),
        ('<c r="A1" t="str"><f>IF(B1,"x","")</f><v></v></c>', True),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', True),
    ],
)
def test_a_formula_without_its_result_is_said(cell: str, *, known: bool) -> None:
    x = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = made.zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": made.relations(("r", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {x} xmlns:r="{made.R}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": made.relations(("r1", "worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f"{made.XML}<worksheet {x}><sheetData><row>{cell}</row></sheetData></worksheet>",
        }
    )
    part = only(content)

    assert part.incomplete is not known
    assert said(part) == ([] if known else ["it holds formulas without their results: these were not read"])


def test_a_million_rows_are_cut_and_said_in_seconds() -> None:
    x = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = '<row><c t="n"><v>1</v></c></row>' * 1_000_000
    content = made.zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook {x} xmlns:r="{made.R}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": made.relations(("r1", "worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f"<worksheet {x}><sheetData>{rows}</sheetData></worksheet>",
        }
    )
    part = only(content)

    assert part.text.startswith("[S]\n1\n1\n")
    assert said(part) == ["longer than what is read"]
    assert part.incomplete


# --- .pptx ---


def test_slides_are_in_their_order_with_their_notes() -> None:
    part = only(made.pptx((made.shape("Un") + made.shape("7", "sldNum"), made.shape("Deux")), notes="à dire"))

    assert part.media_type.endswith("presentationml.presentation")
    assert part.text == "[1]\nUn\nà dire\n[2]\nDeux"
    assert part.pages == 2


# --- OpenDocument ---


def test_an_odt_s_paragraphs_tables_notes_and_margins() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>effacé</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        '<text:h>Titre</text:h><text:p>Un<text:s text:c="3"/>deux<text:tab/>trois<text:line-break/>quatre'
        "<office:annotation><dc:creator>Anne</dc:creator><dc:date>2026</dc:date><text:p>remarque</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>point</text:p></text:list-item></text:list>"
        '<table:table table:name="Tableau1"><table:table-row><table:table-cell><text:p>Contrat</text:p></table:table-cell>'
        "<table:table-cell><text:p>AB12</text:p></table:table-cell></table:table-row></table:table>"
    )
    part = only(
        made.opendocument(
            "text",
            body,
            styles="<style:master-page><style:header><text:p>En-tête</text:p></style:header></style:master-page>",
        )
    )

    assert part.media_type == "application/vnd.oasis.opendocument.text"
    assert part.text == "En-tête\nTitre\nUn   deux\ttrois\nquatre\nremarque\n- point\nContrat\tAB12"


def test_an_ods_s_cells_are_as_shown_and_repeats_are_bounded() -> None:
    body = (
        '<table:table table:name="Loyers"><table:table-row><table:table-cell office:value-type="date" office:date-value="2026-01-31"><text:p>31/01/26</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="5"><text:p>5,00</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2026-02-01"/><table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="3"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'
        '<table:table table:name="Caché" table:style-name="ta2"><table:table-row table:number-rows-repeated="999999999"><table:table-cell table:number-columns-repeated="999999999"><text:p>y</text:p></table:table-cell></table:table-row></table:table>'
    )
    automatic = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    lines = only(made.opendocument("spreadsheet", body, automatic=automatic)).text.split("\n")

    assert lines[:5] == ["[Loyers]", "31/01/26\t5,00\t5,00\t2026-02-01", "x", "x", "x"]
    assert lines[5] == "[Caché (hidden)]"
    assert len(lines) == 106


def test_an_odp_s_slides_are_read() -> None:
    body = '<draw:page draw:name="Un"><draw:frame><draw:text-box><text:p>Bonjour</text:p></draw:text-box></draw:frame></draw:page>'

    assert only(made.opendocument("presentation", body)).text == "[Un]\nBonjour"


def test_an_encrypted_odt_is_said_to_be() -> None:
    manifest = '<manifest:manifest xmlns:manifest="m"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    part = only(made.opendocument("text", "<text:p>x</text:p>", **{"META-INF__manifest.xml": manifest}))

    assert said(part) == ["encrypted"]
    assert part.text == ""
    assert part.incomplete


def test_a_flat_odt_is_read() -> None:
    content = f'{made.XML}<office:document xmlns:office="{made.OFFICE}" xmlns:text="{made.TEXT}"><office:body><office:text><text:p>plat</text:p></office:text></office:body></office:document>'

    assert only(content.encode()).text == "plat"


def test_the_type_that_an_archive_claims_is_never_believed() -> None:
    assert parts(made.zipped({"mimetype": "text/html; <script>"}))[0].media_type == "application/zip"
