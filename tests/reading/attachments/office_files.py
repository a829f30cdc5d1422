"""Office files as their formats describe them, with parts that no library writes."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
DC = "http://purl.org/dc/elements/1.1/"
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*found: tuple[str, str, str]) -> str:
    """Of (id, kind, target)."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    entries = "".join(f'<Relationship Id="{id_}" Type="{kind}{name}" Target="{to}"/>' for id_, name, to in found)
    return f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'


def docx(
    body: str,
    around: tuple[tuple[str, str, str], ...] = (),
    main: str = "word/document.xml",
    parts: Mapping[str, str | bytes] = MappingProxyType({}),
) -> bytes:
    """`body` is the inside of w:body; `parts` are further members beside the document, or instead of it."""
    folder, _, name = main.rpartition("/")
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", main)),
        main: f'{XML}<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>',
        f"{folder}/_rels/{name}.rels": relations(*around),
    }
    members |= {f"{folder}/{name}": content for name, content in parts.items()}
    return zipped(members)


def part(root: str, inside: str) -> str:
    return f'{XML}<w:{root} xmlns:w="{W}">{inside}</w:{root}>'


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def pptx(slides: tuple[str, ...], notes: str = "") -> bytes:
    """`slides` in the order in which they are shown; their files are numbered the other way round."""
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    p = f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="{R}" {a}'
    count = len(slides)
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{XML}<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "/ppt/presentation.xml")),
        "ppt/presentation.xml": f"{XML}<p:presentation {p}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + number}" r:id="rId{number}"/>' for number in range(count))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"rId{number}", "slide", f"slides/slide{count - number}.xml") for number in range(count))
        ),
    }
    for number, inside in enumerate(slides):
        members[f"ppt/slides/slide{count - number}.xml"] = (
            f"{XML}<p:sld {p}><p:cSld><p:spTree>{inside}</p:spTree></p:cSld></p:sld>"
        )
    if notes:
        members[f"ppt/slides/_rels/slide{count}.xml.rels"] = relations(
            ("rId1", "notesSlide", "../notesSlides/notesSlide1.xml")
        )
        members["ppt/notesSlides/notesSlide1.xml"] = f"{XML}<p:notes {p}>{shape(notes)}{shape('1', 'sldNum')}</p:notes>"
    return zipped(members)


def shape(text: str, placeholder: str = "body") -> str:
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{placeholder}"/></p:nvPr></p:nvSpPr><p:txBody>'
        f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def opendocument(kind: str, body: str, *, styles: str = "", automatic: str = "", **more: str | bytes) -> bytes:
    """`kind` is text, spreadsheet or presentation; `body` the inside of its office element."""
    spaces = " ".join(
        f'xmlns:{prefix}="{space}"'
        for prefix, space in (
            ("office", OFFICE),
            ("text", TEXT),
            ("table", TABLE),
            ("style", STYLE),
            ("draw", DRAW),
            ("dc", DC),
        )
    )
    members: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"{XML}<office:document-content {spaces}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
    }
    if styles:
        members["styles.xml"] = (
            f"{XML}<office:document-styles {spaces}><office:master-styles>{styles}</office:master-styles></office:document-styles>"
        )
    return zipped(members | {name.replace("__", "/"): content for name, content in more.items()})
