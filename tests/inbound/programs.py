"""Replies to our own lessons as mail programs write them: real raw mails round a real rendered lesson.

`python -m tests.inbound.programs` makes every reply there is, reads it, and prints how many come out near, by program and by way.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from email.message import EmailMessage
from functools import cache
from html import escape
from itertools import product
from textwrap import wrap

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dripcourse.content.render import LessonFacts, Renderer
from dripcourse.inbound import read_mail
from tests.inbound.readers import TEXTS
from tests.support.house import ENVIRONMENT
from tests.support.once import built_in

NAME, LETTERS, READER = "Slow Letters", "r+abcdefgh@reply.letters.example.org", "Anna Example <anna@example.org>"
ADDRESS = f"{NAME} <{LETTERS}>"
KNOWN = ("the whole mail", "the lesson's words", "nothing")
"""What the reader of a reply is told of the mail that it answers."""
WAYS = ("top", "bottom", "inline", "html", "plain", "twice")


@dataclass(frozen=True)
class Sent:
    """A mail that went out."""

    subject: str
    text: str
    html: str
    said: str


@cache
def lessons() -> tuple[Sent, ...]:
    """Every lesson of the built-in course, as its own renderer fills it in."""
    library = built_in()
    course = library.courses["rebuilding-trust"]
    renderer = Renderer(library, base_url=ENVIRONMENT["BASE_URL"], postal_address=ENVIRONMENT["POSTAL_ADDRESS"])
    base = ENVIRONMENT["BASE_URL"]
    token = "jp5ls4ioeihcgfie3jw7eccc5a.9KBVoeYEGUuHaxaDAzeNk-Tm2BTUU9Y68bcfwTPDx48"
    facts = LessonFacts(
        date(2026, 3, 19), None, f"{base}/me/{token}", f"{base}/leave/{token}", f"{base}/me/{token}", f"{base}/support", f"{base}/c/slow-letters/l/01"
    )  # fmt: skip
    made = (
        renderer.lesson(course, lesson, who, facts)
        for lesson in course.lessons
        for who in (None, "betrayed", "betraying")
    )
    return tuple(Sent(each.subject, each.text, each.html, each.said) for each in made)


# the words that programs write, by language

ON: dict[str, dict[str, str]] = {
    "gmail": {
        "en": f"On Mon, Mar 2, 2026 at 10:00 AM {ADDRESS} wrote:",
        "de": f"Am Mo., 2. März 2026 um 10:00 Uhr schrieb {ADDRESS}:",
        "fr": f"Le lun. 2 mars 2026 à 10:00, {ADDRESS} a écrit :",
        "es": f"El lun, 2 mar 2026 a las 10:00, {NAME} (<{LETTERS}>) escribió:",
        "it": f"Il giorno lun 2 mar 2026 alle ore 10:00 {ADDRESS} ha scritto:",
        "pt": f"{ADDRESS} escreveu (segunda, 2/03/2026 à(s) 10:00):",
        "nl": f"Op ma 2 mrt 2026 om 10:00 schreef {ADDRESS}:",
        "pl": f"pon., 2 mar 2026 o 10:00 {ADDRESS} napisał(a):",
    },
    "apple": {
        "en": f"On 2 Mar 2026, at 10:00, {ADDRESS} wrote:",
        "de": f"Am 02.03.2026 um 10:00 schrieb {ADDRESS}:",
        "fr": f"Le 2 mars 2026 à 10:00, {ADDRESS} a écrit :",
        "es": f"El 2 mar 2026, a las 10:00, {ADDRESS} escribió:",
        "it": f"Il giorno 2 mar 2026, alle ore 10:00, {ADDRESS} ha scritto:",
        "pt": f"No dia 02/03/2026, às 10:00, {ADDRESS} escreveu:",
        "nl": f"Op 2 mrt 2026, om 10:00 heeft {ADDRESS} het volgende geschreven:",
        "pl": f"Wiadomość napisana przez {ADDRESS} w dniu 2 mar 2026, o godz. 10:00:",
    },
    "thunderbird": {
        "en": f"On 02/03/2026 10:00, {NAME} wrote:",
        "de": f"Am 02.03.26 um 10:00 schrieb {NAME}:",
        "fr": f"Le 02/03/2026 à 10:00, {NAME} a écrit :",
        "es": f"El 2/3/26 a las 10:00, {NAME} escribió:",
        "it": f"Il 02/03/2026 10:00, {NAME} ha scritto:",
        "pt": f"Em 02/03/2026 10:00, {NAME} escreveu:",
        "nl": f"Op 02-03-2026 om 10:00 schreef {NAME}:",
        "pl": f"W dniu 2.03.2026 o 10:00, {NAME} pisze:",
    },
    "yahoo": {
        "en": f"    On Monday, March 2, 2026 at 10:00:00 AM GMT+1, {ADDRESS} wrote:  ",
        "de": f"    Am Montag, 2. März 2026 um 10:00:00 MEZ hat {ADDRESS} Folgendes geschrieben:  ",
        "fr": f"    Le lundi 2 mars 2026 à 10:00:00 UTC+1, {ADDRESS} a écrit :  ",
        "es": f"    El lunes, 2 de marzo de 2026, 10:00:00 CET, {ADDRESS} escribió:  ",
        "it": f"    Il lunedì 2 marzo 2026 alle ore 10:00:00 CET, {ADDRESS} ha scritto:  ",
        "pt": f"    Em segunda-feira, 2 de março de 2026 10:00:00 GMT, {ADDRESS} escreveu:  ",
        "nl": f"    Op maandag 2 maart 2026 om 10:00:00 CET schreef {ADDRESS}:  ",
        "pl": f"    W dniu poniedziałek, 2 marca 2026 10:00:00 CET użytkownik {ADDRESS} napisał:  ",
    },
    "k9": {
        "en": f"On March 2, 2026 10:00:00 AM GMT+01:00, {ADDRESS} wrote:",
        "de": f"Am 2. März 2026 10:00:00 MEZ schrieb {ADDRESS}:",
        "fr": f"Le 2 mars 2026 10:00:00 GMT+01:00, {ADDRESS} a écrit :",
        "es": f"El 2 de marzo de 2026 10:00:00 CET, {ADDRESS} escribió:",
        "it": f"Il 2 marzo 2026 10:00:00 CET, {ADDRESS} ha scritto:",
        "pt": f"Em 2 de março de 2026 10:00:00 WET, {ADDRESS} escreveu:",
        "nl": f"Op 2 maart 2026 10:00:00 CET schreef {ADDRESS}:",
        "pl": f"Dnia 2 marca 2026 10:00:00 CET, {ADDRESS} napisał/a:",
    },
}  # fmt: skip
FIELDS = {
    "en": ("From", "Sent", "To", "Subject", "Monday, March 2, 2026 10:00 AM"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 2. März 2026 10:00"),
    "fr": ("De ", "Envoyé ", "À ", "Objet ", "lundi 2 mars 2026 10:00"),
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 2 de marzo de 2026 10:00"),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 2 marzo 2026 10:00"),
    "pt": ("De", "Enviado", "Para", "Assunto", "segunda-feira, 2 de março de 2026 10:00"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 2 maart 2026 10:00"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 2 marca 2026 10:00"),
}
IPHONE = {
    "en": "Sent from my iPhone", "de": "Von meinem iPhone gesendet", "fr": "Envoyé de mon iPhone", "es": "Enviado desde mi iPhone",
    "it": "Inviato da iPhone", "pt": "Enviado do meu iPhone", "nl": "Verstuurd vanaf mijn iPhone", "pl": "Wysłane z iPhone'a",
}  # fmt: skip
OUTLOOK_APP = {
    "en": "Get Outlook for iOS<https://aka.ms/o0ukef>", "de": "Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>",
    "fr": "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>", "es": "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
    "it": "Ottieni Outlook per iOS<https://aka.ms/o0ukef>", "pt": "Obter o Outlook para iOS<https://aka.ms/o0ukef>",
    "nl": "Outlook voor iOS<https://aka.ms/o0ukef> downloaden", "pl": "Pobierz program Outlook dla systemu iOS<https://aka.ms/o0ukef>",
}  # fmt: skip
ORIGINAL = {
    "en": "Original message", "de": "Ursprüngliche Nachricht", "fr": "Message d'origine", "es": "Mensaje original",
    "it": "Messaggio originale", "pt": "Mensagem original", "nl": "Oorspronkelijk bericht", "pl": "Oryginalna wiadomość",
}  # fmt: skip


# the lesson as a program would write it in plain text

Block = tuple[str, str]


@cache
def blocks(html: str, link: str) -> tuple[Block, ...]:
    """The paragraphs, headings and items of a page in order; `link` writes a link's text and target."""
    found = []
    for node in LexborHTMLParser(html).css(".sheet p, .sheet h1, .sheet h2, .sheet h3, .sheet li, .sheet hr"):
        if not (node.tag == "p" and node.parent is not None and node.parent.tag == "li"):
            found.append((node.tag or "", " ".join(_inline(node, link).split())))
    return tuple(found)


def _inline(node: LexborNode, link: str) -> str:
    out = []
    for child in node.iter(include_text=True):
        inner = child.text_content or "" if child.is_text_node else _inline(child, link)
        if child.tag == "a":
            inner = link.format(inner, child.attributes.get("href"))
        elif child.tag in ("strong", "b") and "*" in link:
            inner = f"*{inner}*"
        out.append(inner)
    return "".join(out)


@dataclass(frozen=True)
class Program:
    """How a mail program answers."""

    name: str
    header: Callable[[str, str], str]
    """The header of a quotation in a language, for a subject."""
    mark: str = "> "
    width: int = 0
    """Where lines are broken; 0: nowhere."""
    link: str = "{0} <{1}>"
    capitals: bool = False
    bullet: str = "- "
    own_text: bool = False
    """Whether the plain part is quoted and not the program's rendering of the HTML part."""
    device: dict[str, str] = field(default_factory=dict)
    gap: str = "\n\n"
    """Between the writer's words and the header."""
    html_header: str = "<div>{0}</div>"
    html_open: str = '<blockquote type="cite">'
    html_close: str = "</blockquote>"

    def rendering(self, sent: Sent) -> list[str]:
        """The lesson's blocks as this program has them in plain text."""
        if self.own_text:
            return [*sent.text.rstrip("\n").split("\n\n")]
        written = []
        for tag, text in blocks(sent.html, self.link):
            said = text.upper() if self.capitals and tag in ("h1", "h2", "h3") else text
            written.append(f"{self.bullet}{said}" if tag == "li" else "-" * 30 if tag == "hr" else said)
        return written

    def broken(self, text: str) -> list[str]:
        if not self.width:
            return text.split("\n")
        return [
            line
            for each in text.split("\n")
            for line in wrap(each, self.width, break_long_words=False, break_on_hyphens=False) or [""]
        ]

    def quoted(self, lines: Sequence[str]) -> list[str]:
        return [f"{self.mark}{line}".rstrip() if self.mark != "\t" else f"\t{line}" for line in lines]

    def plain(self, sent: Sent, language: str, way: str, answers: Sequence[str]) -> str:
        """The plain part of a reply; `answers` are what the reader wrote, one for each place."""
        device = [self.device[language], ""] if language in self.device else []
        header = self.broken(self.header(language, sent.subject))
        quotation: list[str] = []
        places = dict(zip(spots(self.rendering(sent)), answers, strict=False)) if way == "inline" else {}
        for number, block in enumerate(self.rendering(sent)):
            quotation += self.quoted([*self.broken(block), ""])
            if number in places:
                quotation += ["", *places[number].split("\n"), ""]
        if way == "twice":
            inner = [*answers[1].split("\n"), "", *header, "", *quotation]
            quotation = self.quoted(inner)
        if way in ("bottom", "inline"):
            own = ["", *answers[0].split("\n")] if way == "bottom" else []
            return "\n".join([*header, "", *quotation, *own, "", *device])
        top = "\n".join([*answers[0].split("\n"), *(["", *device[:1]] if device else [])])
        return top + self.gap + "\n".join([*header, "", *quotation]) + "\n"

    def html(self, sent: Sent, language: str, way: str, answers: Sequence[str]) -> str:
        """The HTML part of a reply."""
        device = f"<div>{escape(self.device[language])}</div>" if language in self.device else ""
        header = self.html_header.format("<br>".join(escape(self.header(language, sent.subject)).split("\n")))
        body = sent.html[sent.html.index("<body") : sent.html.index("</body>")].partition(">")[2]
        if way == "inline":
            body = self._between(body, answers)
        quotation = f"{header}{self.html_open}{body}{self.html_close}"
        if way == "twice":
            quotation = f"{header}{self.html_open}{_paragraphs(answers[1])}{quotation}{self.html_close}"
        own = _paragraphs(answers[0])
        words = {"inline": quotation, "bottom": f"{quotation}<div><br></div>{own}{device}"}
        return f"<html><body>{words.get(way, f'{own}{device}<br>{quotation}')}</body></html>"

    def _between(self, body: str, answers: Sequence[str]) -> str:
        ends = [place + 4 for place in range(len(body)) if body.startswith("</p>", place)]
        for at, answer in sorted(zip((ends[i] for i in spots(ends)), answers, strict=False), reverse=True):
            said = _paragraphs(answer)
            cut = f"{self.html_close}{said}{self.html_open}" if self.html_open.startswith("<blockquote") else said
            body = body[:at] + cut + body[at:]
        return body


def _paragraphs(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def spots(things: Sequence[object]) -> tuple[int, int]:
    """Where somebody answers between the lines: after the fourth paragraph, and well below."""
    return 3, len(things) * 2 // 3


def on(name: str) -> Callable[[str, str], str]:
    return lambda language, _: ON[name][language]


def fields(above: str = "", colon: str = ": ", star: str = "") -> Callable[[str, str], str]:
    def header(language: str, subject: str) -> str:
        sender, sent, to, about, when = FIELDS[language]
        rows = ((sender, ADDRESS), (sent, when), (to, READER), (about, subject))
        lines = [f"{star}{name}{colon.rstrip()}{star} {value}" for name, value in rows]
        return "\n".join([above.format(ORIGINAL[language]), *lines] if above else lines)

    return header


RULER = "_" * 32
PROGRAMS = (
    Program("Gmail web", on("gmail"), width=74, link="*{0} <{1}>", html_header='<div dir="ltr" class="gmail_attr">{0}<br></div>', html_open='<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'),
    Program("Gmail app", on("gmail"), width=74, link="{0}\n<{1}>", html_header='<div dir="ltr" class="gmail_attr">{0}<br></div>', html_open='<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">'),
    Program("Apple Mail", on("apple"), link="{0} <{1}>", bullet="• "),
    Program("iOS Mail", on("apple"), link="{0}", device=IPHONE, bullet="\u2022 "),
    Program("Outlook desktop", fields(), mark="", link="{0} <{1}>", html_header='<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">{0}</p></div>', html_open="<div>", html_close="</div>"),
    Program("Outlook web", fields(RULER), mark="", link="{0}<{1}>", gap="\n", html_header='<hr><div id="divRplyFwdMsg" dir="ltr">{0}</div>', html_open="<div>", html_close="</div>"),
    Program("Outlook mobile", fields(RULER), mark="", link="{0}<{1}>", gap="\n", device=OUTLOOK_APP, html_header='<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">{0}</div>', html_open="<div>", html_close="</div>"),
    Program("Thunderbird", on("thunderbird"), width=72, link="{0} <{1}>", gap="\n\n", html_header='<div class="moz-cite-prefix">{0}<br></div>', html_open='<blockquote type="cite" cite="mid:1@example.org">'),
    Program("Thunderbird plain", on("thunderbird"), own_text=True, gap="\n"),
    Program("Yahoo", on("yahoo"), mark="  ", link="{0}", html_header="<div>{0}</div>", html_open='<div class="yahoo_quoted"><div>', html_close="</div></div>"),
    Program("GMX", fields(colon=": "), mark="> ", width=72, own_text=True, html_header="", html_open='<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;">', html_close="</div>"),
    Program("Proton", on("yahoo"), link="{0}", capitals=True, html_header='<div class="protonmail_quote">{0}<br></div>', html_open='<blockquote class="protonmail_quote" type="cite">'),
    Program("K-9", on("k9"), mark=">", own_text=True, width=72),
    Program("mutt", on("k9"), own_text=True, gap="\n\n"),
    Program("Samsung", fields("-------- {0} --------"), mark="", link="{0}", html_header="<div>{0}</div>", html_open="<div>", html_close="</div>"),
    Program("tabs", on("thunderbird"), mark="\t", capitals=True, bullet="* ", link="{0} [{1}]"),
)  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """A raw reply and what its writer meant."""

    program: str
    way: str
    language: str
    raw: bytes
    meant: str
    sent: Sent


def reply(program: Program, way: str, language: str, number: int) -> Reply:
    """One reply; `number` chooses the lesson and the words."""
    texts = TEXTS[language]
    sent = lessons()[number % len(lessons())]
    answers = [texts[number % len(texts)], texts[(number + 3) % len(texts)]]
    shape = ("top", "inline", "bottom")[number % 3] if way in ("html", "plain") else way
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = READER, ADDRESS, f"Re: {sent.subject}"
    mail["Message-ID"] = f"<{number}.{language}@example.org>"
    if way != "html":
        mail.set_content(program.plain(sent, language, shape, answers))
    if way == "html":
        mail.set_content(program.html(sent, language, shape, answers), subtype="html")
    elif way != "plain":
        mail.add_alternative(program.html(sent, language, shape, answers), subtype="html")
    meant = "\n\n".join(answers) if shape == "inline" else answers[0]
    return Reply(program.name, way, language, mail.as_bytes(), meant, sent)


def every_reply() -> Iterator[Reply]:
    """Every program, way, language and kind of text once, each with another lesson."""
    for number, (program, way, language, text) in enumerate(product(PROGRAMS, WAYS, TEXTS, range(7))):
        yield reply(program, way, language, number // 7 * 7 + text)


def near(meant: str, got: str) -> bool:
    """Whether two texts are the same but for white space, or nearly: 95 of 100 characters in order."""
    one, other = " ".join(meant.split()), " ".join(got.split())
    if one == other or abs(len(one) - len(other)) * 9 > len(one):
        return one == other
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.95


def main(show: int, which: str, every: int) -> None:
    """Print the table, and the first `show` replies that came out wrong."""
    near_by: dict[str, Counter[str]] = {known: Counter() for known in KNOWN}
    exact_by: dict[str, Counter[str]] = {known: Counter() for known in KNOWN}
    count: Counter[str] = Counter()
    emptied = lost = 0
    for number, each in enumerate(every_reply()):
        if number % every:
            continue
        keys = (each.program, each.way, each.language, "all")
        count.update(keys)
        for known, sent in zip(KNOWN, (each.sent.text, each.sent.said, None), strict=True):
            got = read_mail(each.raw, sent=sent).text
            emptied += not got.strip()
            lost += known == KNOWN[0] and bool(Counter(each.meant.split()) - Counter(got.split()))
            exact_by[known].update(keys if " ".join(each.meant.split()) == " ".join(got.split()) else ())
            if near(each.meant, got):
                near_by[known].update(keys)
            elif show and known == which:
                show -= 1
                print("---", *keys, repr(each.meant), "GOT", repr(got[:1500]), sep="\n")
    for key, total in count.items():
        row = [
            f"{100 * near_by[known][key] / total:5.1f} ({100 * exact_by[known][key] / total:5.1f})" for known in KNOWN
        ]
        print(f"{key:18} {total:5}", *row)
    print("near (exact) per cent, knowing:", ", ".join(KNOWN))
    print(f"emptied: {emptied}; replies of which a word was lost, knowing {KNOWN[0]}: {lost}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 0, given[1] if given[1:] else KNOWN[0], int(given[2]) if given[2:] else 1)
