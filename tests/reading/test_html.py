"""HTML as a person sees it: its lines, its quotes, and nothing of what is hidden."""

import pytest

from mailbot.reading import styles
from mailbot.reading.html import to_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>un</p><p>deux</p>", "un\n\ndeux"),
        ("un<br>deux<br><br>trois", "un\ndeux\n\ntrois"),
        ("<div>un</div><div>deux</div>", "un\ndeux"),
        ("<div>un<div>deux</div>trois</div>", "un\ndeux\ntrois"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ('<a href="https://x.example/long">le lien</a>', "le lien"),
        ("a &amp; b &eacute; &#8217; &nbsp;c", "a & b é ’  c"),
        ("un  \n  mot", "un mot"),
        ("<pre>un\n  deux</pre>", "un\ndeux"),
        ("avant<script>x()</script><!-- non -->après", "avantaprès"),
        ("<![if !mso]>vu<![endif]><!--[if mso]>pas vu<![endif]-->", "vu"),
        ("<title>non</title><body>oui", "oui"),
        ('<img alt="😀"><img alt="logo de la société">', "😀"),
        ("<o:p>mot</o:p>", "mot"),
        ("a < b", "a < b"),
        ("pas de balise", "pas de balise"),
        ("<p", ""),
        ("", ""),
    ],
)
def test_lines_are_those_that_a_person_sees(source: str, text: str) -> None:
    assert to_text(source).fresh == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="display:none">x</span>',
        '<span style="DISPLAY : NONE !important">x</span>',
        '<span style="visibility:hidden">x</span>',
        '<span style="font-size:0px">x</span>',
        '<span style="font-size:0">x</span>',
        '<span style="opacity:0">x</span>',
        '<div style="max-height:0;overflow:hidden">x</div>',
        '<div style="text-indent:-9999px">x</div>',
        '<span style="color:#fff">x</span>',
        '<font color="#FEFEFE">x</font>',
        '<td bgcolor="#003366"><span style="color:rgb(0,51,102)">x</span></td>',
        '<span style="color:transparent">x</span>',
        "<div hidden>x</div>",
        "<style>.p{display:none}</style><div class=p>x</div>",
        "<style>#p , td.q { color:red; display:none }</style><div id=p>x</div>",
    ],
)
def test_words_that_nobody_sees_are_left_out_and_said(hidden: str) -> None:
    page = to_text(f"<p>vu</p>{hidden}<p>aussi</p>")

    assert (page.fresh.split(), page.hidden) == (["vu", "aussi"], True)


@pytest.mark.parametrize(
    "shown",
    [
        '<span style="color:#ffffff;background:#000">x</span>',
        '<td bgcolor="black"><font color="white">x</font></td>',
        '<span style="font-size:0.9em">x</span>',
        '<span style="opacity:0.5">x</span>',
        '<span style="line-height:0">x</span>',
        '<div style="max-height:0">x</div>',
        "<style>@media print{.p{display:none}}</style><div class=p>x</div>",
        "<style>/* .p{display:none} */</style><div class=p>x</div>",
        "<style>.pp{display:none}</style><div class=p>x</div>",
    ],
)
def test_words_that_are_seen_stay(shown: str) -> None:
    page = to_text(f"<p>vu</p>{shown}<p>aussi</p>")

    assert (page.fresh.split(), page.hidden) == (["vu", "x", "aussi"], False)


def test_what_is_blank_and_hidden_hides_nothing() -> None:
    assert not to_text('<p>vu</p><div style="display:none"> &nbsp; \u200c </div>').hidden


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote type=cite>x</blockquote>",
        "<blockquote class=gmail_quote>x</blockquote>",
        '<blockquote style="border-left:1px solid">x</blockquote>',
        '<div class="x_gmail_quote">x</div>',
        '<div class="yahoo_quoted">x</div>',
        '<div class="protonmail_quote">x</div>',
        '<div class="moz-cite-prefix">x</div>',
        "<div id=OLK_SRC_BODY_SECTION>x</div>",
        "<div id=divRplyFwdMsg></div>x",
        "<div id=x_divRplyFwdMsg></div>x",
        "<div id=appendonsend></div>x",
        "<hr id=stopSpelling>x",
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt">x</div>x',
    ],
)
def test_the_containers_of_mail_programs_are_quotes(quote: str) -> None:
    page = to_text(f"<div>mot</div>{quote}")

    assert (page.fresh, page.quoted.split()[0]) == ("mot", "x")


def test_a_page_says_where_it_shows_its_pictures() -> None:
    signed = "<div class=gmail_signature><img src=cid:c></div>"

    page = to_text(f'<img src="cid:a"><blockquote type=cite><img src="CID:b"></blockquote>{signed}')

    assert page.images == {"a": "fresh", "b": "quoted", "c": "signature"}


def test_colours_are_told_apart_as_an_eye_does() -> None:
    assert styles.same(styles.WHITE, (250, 250, 250))
    assert not styles.same(styles.WHITE, (200, 200, 200))
