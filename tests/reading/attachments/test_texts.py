import pytest

from mailbot.reading.attachments.numbers import shown
from tests.reading.attachments.opening import only, parts, said

# --- numbers ---


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        ("46053", "yyyy-mm-dd", "2026-01-31"),
        ("46053.5", "dd/mm/yyyy h:mm", "31/01/2026 12:00"),
        ("46053", "d mmmm yyyy", "31 janvier 2026"),
        ("46053", "[$-409]d mmmm yyyy", "31 January 2026"),
        ("46053", "dddd d mmmm yyyy", "samedi 31 janvier 2026"),
        ("60", "dd/mm/yyyy", "28/02/1900"),
        ("59", "dd/mm/yyyy", "28/02/1900"),
        ("1", "dd/mm/yyyy", "01/01/1900"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.75", "h:mm AM/PM", "6:00 PM"),
        ("0.0104166667", "mm:ss", "15:00"),
        ("1234.5", '#,##0.00\\ "€"', "1 234,50 €"),
        ("1234.5", "#,##0.00 [$€-40C]", "1 234,50 €"),
        ("-5", "#,##0.00_);[Red](#,##0.00)", "-5,00"),
        ("0.125", "0.0%", "12,5%"),
        ("412.5", "General", "412.5"),
        ("412.5", "", "412.5"),
        ("1380", "00000", "01380"),
        ("612345678", '0#" "##" "##" "##" "##', "06 12 34 56 78"),
        ("30000000000000000", "General", "30000000000000000"),
        ("0.1", "General", "0.1"),
        ("0.30000000000000004", "General", "0.3"),
        ("5", '0 "jours"', "5 jours"),
        ("-1", "dd/mm/yyyy", "-1"),
        ("99999999999", "dd/mm/yyyy", "99999999999"),
        ("1e400", "0", "1e400"),
        ("nan", "0", "nan"),
        ("texte", "0", "texte"),
    ],
)
def test_a_number_is_shown_in_its_format(value: str, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_a_sheet_may_count_from_1904() -> None:
    assert shown("44591", "yyyy-mm-dd", since_1904=True) == "2026-01-31"


# --- RTF ---

FONTS = rb"{\fonttbl{\f0\fswiss Helvetica;}{\f1\fcharset204 Arial;}{\f2\fcharset128 MS;}{\f3\fcharset2 Symbol;}{\f4\fcharset0\cpg1250 X;}}"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (rb"Caf\'e9 \f1 \'cf\'f0\'e8\'e2\'e5\'f2", "Café Привет"),
        (rb"{\f2 \'93\'fa\'96\'7b}", "日本"),
        (rb"{\f2 \'83\'5c}", "ソ"),
        (rb"{\f4 \'b9}", "ą"),
        (rb"\u8364? \u233\'e9t\u233e", "€ été"),
        (rb"{\uc2\u-10179 ab\u-8704 cd}!", "😀!"),
        (rb"{\uc0\u945}b", "αb"),
        (rb"\u233{\'e9}x", "ééx"),
        (rb"a{\v secret}b\v c\v0 d", "abd"),
        (rb"a{\deleted parti}b", "ab"),
        (rb"{\field{\*\fldinst HYPERLINK http://x}{\fldrslt lien}}", "lien"),
        (rb"{\*\inconnu x}vu{\info{\title t}}{\stylesheet{\s0 Normal;}}", "vu"),
        (rb"\trowd\cellx1\intbl a\cell b\cell\row c\par", "a\tb\nc"),
        (rb"{\*\shpinst{\sp{\sn x}{\sv 3}}{\shptxt boite\par}}", "boite"),
        (rb"{\upr{ab}{\*\ud\u233 e}}", "é"),
        (rb"a\bin5 {}}{}b", "ab"),
        (rb"a\~b\_c\-d\{e\}\\", "a b-cd{e}\\"),
        (rb"{\f3 \'b7} point", "• point"),
        (rb"{\header entete\par}corps{\footnote note}", "entete\ncorps\nnote"),
        (rb"a\emdash b\lquote c\rquote\line d", "a—b‘c’\nd"),
        (rb"{\pict\wmetafile8 0102}texte", "texte"),
        (rb"{\object{\*\objdata 01}{\result vu}}x", "x"),
    ],
)
def test_rtf_is_read_as_a_word_processor_shows_it(inside: bytes, expected: str) -> None:
    part = only(rb"{\rtf1\ansi\ansicpg1252\deff0" + FONTS + inside + b"}")

    assert part.media_type == "application/rtf"
    assert part.text == expected
    assert not part.incomplete


def test_the_old_machines_pages_are_known() -> None:
    assert only(rb"{\rtf1\mac caf\'8e}").text == "café"
    assert only(rb"{\rtf1\pc caf\'82}").text == "café"


def test_rtf_that_breaks_off_is_said_to_be_damaged() -> None:
    part = only(rb"{\rtf1\ansi Bonjour {\b tout le")

    assert part.text == "Bonjour tout le"
    assert part.incomplete


def test_html_that_outlook_wrapped_is_unwrapped() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}{\*\htmltag19 <html>}{\*\htmltag50 <body>}{\*\htmltag64 <p>}"
        rb"\htmlrtf {\b RTF\htmlrtf0 Bonjour\'e9\htmlrtf }\htmlrtf0 {\*\htmltag84 <br>}\htmlrtf \line\htmlrtf0 {\*\mhtmltag x}suite{\*\htmltag72 </p>}}"
    )

    assert only(content).text == "Bonjouré\nsuite"


def test_a_deep_and_a_huge_rtf_end() -> None:
    assert only(b"{\\rtf1" + b"{" * 500_000 + b"x").text == "x"
    assert only(b"{\\rtf1 " + b"mot " * 1_000_000 + b"}").incomplete


# --- separated values ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Nom;Loyer\nDurand;412,50\n".encode("cp1252"), "Nom\tLoyer\nDurand\t412,50"),
        ("Prénom;Loyer\nZoé;412,50\n".encode("cp1252"), "Prénom\tLoyer\nZoé\t412,50"),
        ("Prénom,Loyer\nZoé,412.50\n".encode(), "Prénom\tLoyer\nZoé\t412.50"),
        ("a\tb\nc\td\n".encode("utf-16"), "a\tb\nc\td"),
        (b'"x;y";"deux\r\nlignes"\r\nb;c\r\n', "x;y\tdeux lignes\nb\tc"),
        (b"sep=|\r\na|b\r\n", "a\tb"),
        (b"une phrase, sans colonnes\nni rien\n", "une phrase, sans colonnes\nni rien"),
    ],
)
def test_separated_values_are_rows(content: bytes, expected: str) -> None:
    assert only(content, "text/csv").text == expected


# --- plain text, HTML, XML ---


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_in_any_charset(codec: str) -> None:
    part = only("Référence : déjà réglé à l’échéance, reçu n° 12".encode(codec), "text/plain")

    assert part.text == "Référence : déjà réglé à l’échéance, reçu n° 12"
    assert part.text_source == "text"


def test_a_declared_charset_is_used() -> None:
    assert only("Привет, сосед".encode("koi8-r"), "text/plain", "koi8-r").text == "Привет, сосед"


def test_a_long_text_is_cut_and_said() -> None:
    part = only(b"mot " * 100_000, "text/plain")

    assert len(part.text) <= 200_000
    assert said(part) == ["longer than what is read"]
    assert part.incomplete


def test_html_shows_its_table_and_not_what_it_hides() -> None:
    page = (
        '<html><meta charset="windows-1252"><table><tr><td>Échéance<td>3 mars</table><p style="display:none">caché</p>'
    )
    part = only(page.encode("cp1252"), "text/html")

    assert part.text == "Échéance\t3 mars"
    assert said(part) == ["it holds hidden words: left out"]


def test_words_in_tag_characters_are_left_out_and_said() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "ignore")
    part = only(f"visible{hidden}".encode(), "text/plain")

    assert part.text == "visible"
    assert said(part) == ["it holds hidden words: left out"]


def test_xml_gives_its_words_and_refuses_a_document_type() -> None:
    assert (
        only(b"<?xml version='1.0'?><facture><no>F-12</no><total devise='EUR'>412.50</total></facture>").text
        == "F-12\n412.50"
    )
    assert only(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").incomplete


SHEET_2003 = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>Eau</Data></Cell>'
    "<Cell><Data>23,75</Data></Cell></Row><Row><Cell><Data>Gaz</Data></Cell></Row></Table></Worksheet></Workbook>"
)
LETTER_2003 = (
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>La chau</w:t>'
    "</w:r><w:r><w:t>dière</w:t></w:r></w:p><w:p><w:r><w:t>Merci</w:t></w:r></w:p></w:body></w:wordDocument>"
)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [(SHEET_2003, "Eau\t23,75\nGaz"), (LETTER_2003, "La chaudière\nMerci")],
    ids=["rows", "runs"],
)
def test_the_xml_that_office_wrote_in_2003_keeps_rows_and_words_together(inside: str, expected: str) -> None:
    assert only(f'<?xml version="1.0" encoding="UTF-8"?>{inside}'.encode(), "application/vnd.ms-excel").text == expected


def test_a_drawing_gives_its_words_and_an_inline_one_is_a_logo() -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'><style>.a{}</style><script>x()</script><text>Plan <tspan>du T3</tspan></text></svg>"

    assert only(drawing).text == "Plan\ndu T3"
    assert parts(drawing, inline=True)[0].decorative
