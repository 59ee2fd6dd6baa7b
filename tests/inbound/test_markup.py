"""HTML mail read as a person reads it; quotation of the programs people write with comes out as in plain text."""

import pytest

from dripcourse.inbound import reply_text
from dripcourse.inbound.mime.markup import text_of_html
from tests.inbound.post import parts

PAGES = [
    ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
    ("One<br>Two<br>\n<br>Three", "One\nTwo\n\nThree"),
    ("  One \n\t two  <b> three</b> ", "One two three"),
    ("<p class=MsoNormal>One<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Two</p>", "One\n\nTwo"),
    ("<p style='margin:0'>One</p><p style='margin:0'>Two</p>", "One\nTwo"),
    ("<ul><li>One</li><li>Two</li></ul>", "* One\n* Two"),
    ("<ol><li>One</li><li>Two</li></ol>after", "1. One\n2. Two\n\nafter"),
    ("<ol><li>One<ul><li>a</li></ul></li><li>Two</li></ol>", "1. One\n\n* a\n\n2. Two"),
    ("<pre>  kept\n    as it is</pre>", "  kept\n    as it is"),
    ("<div style='white-space: pre-wrap'>a  b\nc</div>", "a  b\nc"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    ("<h1>Title</h1>Text", "Title\n\nText"),
    ("<head><title>no</title><style>no</style></head><body>yes<script>no</script></body>", "yes"),
    ("yes<div style='display:none'>no</div><span hidden>no</span><p style='mso-hide:all'>no</p>", "yes"),
    ("yes<!-- no --><![if !mso]> and<![endif]>", "yes and"),
    ("5 &lt; 6 &amp; 7&nbsp;&gt; 3 &eacute; &#128512; &bogus;", "5 < 6 & 7 > 3 é 😀 &bogus;"),
    ("well <img src='cid:1' alt='Picture of us'> done <img data-emoji='😊' alt='😊'>", "well done 😊"),
    ("a<hr>b", "a\n________________________________\nb"),
    ("plain < not a tag", "plain < not a tag"),
    ("", ""),
    ("<p>unclosed <b>tags <i>everywhere", "unclosed tags everywhere"),
    ("bidi \u202etxet\u202c and \u200bzero", "bidi txet and zero"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "text"), PAGES, ids=[html[:30] for html, _ in PAGES])
def test_a_page_is_read_as_it_is_seen(html: str, text: str) -> None:
    assert text_of_html(html) == text


LESSON = "<p>Dear Ann,</p><p>what did you hear this week?</p>"
OWN = "I heard him say it."
PROGRAMS = {
    "Gmail": f'<div dir="ltr">{OWN}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 2 Mar 2026 at 09:00, Slow Letters &lt;<a href="mailto:r@letters.example">r@letters.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{LESSON}</blockquote></div>',
    "Gmail for Android": f'<div dir="auto">{OWN}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Slow Letters &lt;r@letters.example&gt; schrieb am Mo., 2. März 2026, 09:00:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{LESSON}</blockquote></div>',
    "Apple Mail": f'<html><body style="overflow-wrap: break-word;">{OWN}<br><div><br><blockquote type="cite"><div>On 2. Mar 2026, at 09:00, Slow Letters &lt;r@letters.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>{LESSON}</div></blockquote></div><br></body></html>',
    "iPhone": f'<html><body dir="auto">{OWN}<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 2 Mar 2026, at 09:00, Slow Letters &lt;r@letters.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{LESSON}</div></blockquote></body></html>',
    "Yahoo": f'<div class="yahoo-style-wrap"><div dir="ltr">{OWN}</div><div><br></div></div><div id="ydp1yahoo_quoted_123" class="ydp1yahoo_quoted"><div style="font-family:Arial;">    <div>    On Monday, March 2, 2026 at 09:00:00 AM GMT+1, Slow Letters &lt;r@letters.example&gt; wrote:    </div>    <div><br></div>    <div><div id="yiv1">{LESSON}</div></div></div></div>',
    "Outlook for Windows": f'<div class=WordSection1><p class=MsoNormal>{OWN}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class=MsoNormal><b>From:</b> Slow Letters &lt;r@letters.example&gt; <br><b>Sent:</b> Monday, March 2, 2026 9:00 AM<br><b>To:</b> Ann &lt;ann@example.org&gt;<br><b>Subject:</b> Letter 1<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>{LESSON}</div>',
    "Outlook for Windows, German": f'<div class=WordSection1><p class=MsoNormal>{OWN}<o:p></o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>Von:</b> Slow Letters &lt;r@letters.example&gt; <br><b>Gesendet:</b> Montag, 2. März 2026 09:00<br><b>An:</b> Ann &lt;ann@example.org&gt;<br><b>Betreff:</b> Letter 1<o:p></o:p></p></div></div>{LESSON}</div>',
    "Outlook on the web": f'<html><body dir="ltr"><div class="elementToProof">{OWN}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000"><b>From:</b> Slow Letters &lt;r@letters.example&gt;<br><b>Sent:</b> Monday, March 2, 2026 9:00 AM<br><b>To:</b> Ann &lt;ann@example.org&gt;<br><b>Subject:</b> Letter 1</font><div>&nbsp;</div></div><div>{LESSON}</div></body></html>',
    "Outlook mobile": f'<html><body><div dir="ltr">{OWN}</div><div id="ms-outlook-mobile-signature"></div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message"><div style="text-align: left; padding: 3pt 0in 0in; border-width: 1pt medium medium; border-style: solid none none; border-color: rgb(181, 196, 223) currentcolor currentcolor;"><b>From: </b>Slow Letters &lt;r@letters.example&gt;<br><b>Date: </b>Monday, 2 March 2026 at 09:00<br><b>To: </b>Ann &lt;ann@example.org&gt;<br><b>Subject: </b>Letter 1<br><br></div>{LESSON}</div></div></body></html>',
    "Thunderbird": f'<html><body><p>{OWN}<br></p><div class="moz-cite-prefix">Am 02.03.2026 um 09:00 schrieb Slow Letters:<br></div><blockquote type="cite" cite="mid:d1@letters.example">{LESSON}</blockquote></body></html>',
    "ProtonMail": f'<div style="font-family: Arial, sans-serif; font-size: 14px;">{OWN}</div><div class="protonmail_quote">On Monday, March 2nd, 2026 at 09:00, Slow Letters &lt;r@letters.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{LESSON}</blockquote><br></div>',
    "GMX and web.de": f'<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;"><div>{OWN}</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5; word-wrap: break-word;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 02. März 2026 um 09:00 Uhr<br/><b>Von:</b>&nbsp;"Slow Letters" &lt;r@letters.example&gt;<br/><b>An:</b>&nbsp;ann@example.org<br/><b>Betreff:</b>&nbsp;Letter 1</div><div name="quoted-content">{LESSON}</div></div></div></div></body></html>',
    "Samsung": f'<html><body>{OWN}<div><br></div><div><br></div><div style="font-size:100%;color:#000000"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Slow Letters &lt;r@letters.example&gt; </div><div>Date: 02/03/2026  09:00  (GMT+01:00) </div><div>To: ann@example.org </div><div>Subject: Letter 1 </div><div><br></div></div>{LESSON}</body></html>',
    "Fastmail": f'<div>{OWN}<br></div><div><br></div><div>On Mon, 2 Mar 2026, at 09:00, Slow Letters wrote:<br></div><blockquote type="cite" id="qt">{LESSON}</blockquote>',
    "Zimbra": f'<html><body><div style="font-family: arial"><div>{OWN}</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Slow Letters" &lt;r@letters.example&gt;<br><b>To: </b>ann@example.org<br><b>Sent: </b>Monday, 2 March, 2026 09:00:00<br><b>Subject: </b>Letter 1<br></div><div data-marker="__QUOTED_TEXT__">{LESSON}</div></div></body></html>',
    "Roundcube": f'<html><body><p>{OWN}</p><p id="reply-intro">On 2026-03-02 09:00, Slow Letters wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{LESSON}</blockquote></body></html>',
    "Mail.ru": f'<HTML><BODY>{OWN}<br><br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Понедельник,  2 марта 2026, 9:00 +01:00 от Slow Letters &lt;r@letters.example&gt;:<br><br>{LESSON}</blockquote></BODY></HTML>',
    "Tutanota": f'<div>{OWN}<br></div><div><br></div><div>Mar 2, 2026, 09:00 by r@letters.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px; margin-left: 5px;">{LESSON}</blockquote>',
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_program_quotes_is_hidden_and_what_was_written_stays(program: str) -> None:
    raw = parts("alternative", f"Content-Type: text/html; charset=utf-8\n\n{PROGRAMS[program]}")
    assert reply_text(raw) == OWN


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_quoted_can_still_be_read(program: str) -> None:
    assert "what did you hear this week?" in text_of_html(PROGRAMS[program])


def test_quotation_within_quotation_has_a_mark_for_each_level() -> None:
    html = "<blockquote>one<blockquote>two</blockquote>one again</blockquote>zero"
    assert text_of_html(html) == "> one\n>\n> > two\n>\n> one again\n\nzero"


def test_answers_between_quoted_lines_stay_where_they_stand() -> None:
    html = (
        "<blockquote type=cite>first?</blockquote><div>yes</div><blockquote type=cite>second?</blockquote><div>no</div>"
    )
    assert text_of_html(html) == "> first?\n\nyes\n\n> second?\n\nno"


def test_words_that_were_only_indented_are_the_writers_own() -> None:
    html = '<div>He said:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">I am sorry.</blockquote>'
    assert ">" not in text_of_html(html)


def test_a_page_that_no_person_made_loses_its_markup_and_not_its_words() -> None:
    html = "<style>p{}</style>" + "<p>one &amp; two</p>" * 20_000
    assert text_of_html(html).count("one & two") == 20_000
