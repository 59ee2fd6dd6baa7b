"""What a person wrote, and what their program added: cases written by hand after what mail programs do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dripcourse.inbound.reply.extract import own_words
from dripcourse.inbound.reply.lines import MOST_CHARS, MOST_LINES, split

ADDRESS = "Slow Letters <letters@letters.example.org>"

HEADERS = {
    "en Gmail": f"On Mon, Mar 2, 2026 at 10:00 AM {ADDRESS} wrote:",
    "en Apple": f"On 2 Mar 2026, at 10:00, {ADDRESS} wrote:",
    "en Thunderbird": "On 02/03/2026 10:00, Slow Letters wrote:",
    "en Yahoo": "On Monday, March 2, 2026 at 10:00:00 AM GMT+1, Slow Letters <letters@letters.example.org> wrote:",
    "en Zoho": "---- On Mon, 02 Mar 2026 10:00:00 +0100 Slow Letters <letters@letters.example.org> wrote ----",
    "en Proton": "On Monday, March 2nd, 2026 at 10:00, Slow Letters <letters@letters.example.org> wrote:",
    "de Gmail": f"Am Mo., 2. März 2026 um 10:00 Uhr schrieb {ADDRESS}:",
    "de Thunderbird": "Am 02.03.2026 um 10:00 schrieb Slow Letters:",
    "de Apple": f"Am 02.03.2026 um 10:00 schrieb {ADDRESS}:",
    "de Inbox": f"{ADDRESS} schrieb am Mo., 2. März 2026, 10:00:",
    "fr Gmail": f"Le lun. 2 mars 2026 à 10:00, {ADDRESS} a écrit\u00a0:",
    "fr Thunderbird": "Le 02/03/2026 à 10:00, Slow Letters a écrit\u00a0:",
    "es Gmail": "El lun, 2 mar 2026 a las 10:00, Slow Letters (<letters@letters.example.org>) escribió:",
    "it Gmail": f"Il giorno lun 2 mar 2026 alle ore 10:00 {ADDRESS} ha scritto:",
    "pt Gmail": f"Em seg., 2 de mar. de 2026 às 10:00, {ADDRESS} escreveu:",
    "nl Gmail": f"Op ma 2 mrt 2026 om 10:00 schreef {ADDRESS}:",
    "nl Apple": f"Op 2 mrt. 2026 om 10:00 heeft {ADDRESS} het volgende geschreven:",
    "sv Gmail": f"Den mån 2 mars 2026 kl 10:00 skrev {ADDRESS}:",
    "da Gmail": f"Den man. 2. mar. 2026 kl. 10.00 skrev {ADDRESS}:",
    "nb Gmail": f"man. 2. mars 2026 kl. 10:00 skrev {ADDRESS}:",
    "fi Gmail": f"ma 2. maalisk. 2026 klo 10.00 {ADDRESS} kirjoitti:",
    "pl Gmail": f"pon., 2 mar 2026 o 10:00 {ADDRESS} napisał(a):",
    "pl Thunderbird": "W dniu 2.03.2026 o 10:00, Slow Letters pisze:",
    "cs Gmail": f"po 2. 3. 2026 v 10:00 odesílatel {ADDRESS} napsal:",
    "cs Thunderbird": "Dne 02. 03. 26 v 10:00 Slow Letters napsal(a):",
    "sk Gmail": f"po 2. 3. 2026 o 10:00 {ADDRESS} napísal(a):",
    "hu Gmail": f"{ADDRESS} ezt írta (időpont: 2026. márc. 2., H, 10:00):",
    "ro Gmail": f"În lun., 2 mar. 2026 la 10:00, {ADDRESS} a scris:",
    "bg Gmail": f"На пн, 2.03.2026 г. в 10:00 {ADDRESS} написа:",
    "ru Gmail": f"пн, 2 мар. 2026 г. в 10:00, {ADDRESS}:",
    "ru Thunderbird": "02.03.2026 10:00, Slow Letters пишет:",
    "ru Yandex": '02.03.2026, 10:00, "Slow Letters" <letters@letters.example.org>:',
    "uk Gmail": f"пн, 2 бер. 2026 р. о 10:00 {ADDRESS} пише:",
    "el Gmail": f"Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης {ADDRESS} έγραψε:",
    "tr Gmail": f"{ADDRESS}, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "he Gmail": "\u202bבתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u202aSlow Letters\u202c\u200f <\u202aletters@letters.example.org\u202c\u200f>:\u202c",
    "ar Gmail": f"في الاثنين، 2 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة {ADDRESS}:",
    "ja Gmail": f"2026年3月2日(月) 10:00 {ADDRESS}:",
    "ja Apple": f"2026/03/02 10:00、{ADDRESS}のメール:",
    "zh Gmail": f"{ADDRESS} 于2026年3月2日周一 10:00写道：",
    "zh Apple": f"在 2026年3月2日，上午10:00，{ADDRESS} 写道：",
    "zh-tw Gmail": f"{ADDRESS} 於 2026年3月2日 週一 上午10:00寫道：",
    "ko Gmail": f"2026년 3월 2일 (월) 오전 10:00, {ADDRESS}님이 작성:",
    "vi Gmail": f"Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 {ADDRESS} đã viết:",
    "id Gmail": f"Pada tanggal Sen, 2 Mar 2026 pukul 10.00 {ADDRESS} menulis:",
}

BLOCKS = {
    "en": "From: Slow Letters <letters@letters.example.org>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Anna <anna@example.org>\nSubject: Letter 1",
    "en bold": "*From:* Slow Letters <letters@letters.example.org>\n*Sent:* Monday, March 2, 2026 10:00 AM\n*To:* Anna\n*Subject:* Letter 1",
    "de": "Von: Slow Letters <letters@letters.example.org>\nGesendet: Montag, 2. März 2026 10:00\nAn: Anna\nBetreff: Letter 1",
    "fr": "De : Slow Letters <letters@letters.example.org>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Anna\nObjet : Letter 1",
    "es": "De: Slow Letters <letters@letters.example.org>\nEnviado: lunes, 2 de marzo de 2026 10:00\nPara: Anna\nAsunto: Letter 1",
    "it": "Da: Slow Letters <letters@letters.example.org>\nInviato: lunedì 2 marzo 2026 10:00\nA: Anna\nOggetto: Letter 1",
    "pt": "De: Slow Letters <letters@letters.example.org>\nEnviado: segunda-feira, 2 de março de 2026 10:00\nPara: Anna\nAssunto: Letter 1",
    "nl": "Van: Slow Letters <letters@letters.example.org>\nVerzonden: maandag 2 maart 2026 10:00\nAan: Anna\nOnderwerp: Letter 1",
    "sv": "Från: Slow Letters <letters@letters.example.org>\nSkickat: den 2 mars 2026 10:00\nTill: Anna\nÄmne: Letter 1",
    "da": "Fra: Slow Letters <letters@letters.example.org>\nSendt: 2. marts 2026 10:00\nTil: Anna\nEmne: Letter 1",
    "fi": "Lähettäjä: Slow Letters <letters@letters.example.org>\nLähetetty: maanantai 2. maaliskuuta 2026 10.00\nVastaanottaja: Anna\nAihe: Letter 1",
    "pl": "Od: Slow Letters <letters@letters.example.org>\nWysłano: poniedziałek, 2 marca 2026 10:00\nDo: Anna\nTemat: Letter 1",
    "cs": "Od: Slow Letters <letters@letters.example.org>\nOdesláno: pondělí 2. března 2026 10:00\nKomu: Anna\nPředmět: Letter 1",
    "hu": "Feladó: Slow Letters <letters@letters.example.org>\nElküldve: 2026. március 2., hétfő 10:00\nCímzett: Anna\nTárgy: Letter 1",
    "ro": "De la: Slow Letters <letters@letters.example.org>\nTrimis: luni, 2 martie 2026 10:00\nCătre: Anna\nSubiect: Letter 1",
    "ru": "От: Slow Letters <letters@letters.example.org>\nОтправлено: 2 марта 2026 г. 10:00\nКому: Anna\nТема: Letter 1",
    "el": "Από: Slow Letters <letters@letters.example.org>\nΣτάλθηκε: Δευτέρα, 2 Μαρτίου 2026 10:00\nΠρος: Anna\nΘέμα: Letter 1",
    "tr": "Kimden: Slow Letters <letters@letters.example.org>\nGönderildi: 2 Mart 2026 Pazartesi 10:00\nKime: Anna\nKonu: Letter 1",
    "he": "מאת: Slow Letters <letters@letters.example.org>\nנשלח: יום שני 02 מרץ 2026 10:00\nאל: Anna\nנושא: Letter 1",
    "ja": "差出人: Slow Letters <letters@letters.example.org>\n送信日時: 2026年3月2日 10:00\n宛先: Anna\n件名: Letter 1",
    "zh": "发件人: Slow Letters <letters@letters.example.org>\n发送时间: 2026年3月2日 10:00\n收件人: Anna\n主题: Letter 1",
    "ko": "보낸 사람: Slow Letters <letters@letters.example.org>\n보낸 날짜: 2026년 3월 2일 월요일 10:00\n받는 사람: Anna\n제목: Letter 1",
}

WORDS = "It is the small things.\n\nHe leaves the lamp on for me."


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["no blank line", "blank line"])
@pytest.mark.parametrize(
    "quoted", ["> What did it change?\n> And then?", "What did it change?"], ids=["marked", "unmarked"]
)
@pytest.mark.parametrize("program", HEADERS)
def test_the_header_of_a_quotation_is_known(program: str, quoted: str, gap: str) -> None:
    cut = own_words(f"{WORDS}{gap}{HEADERS[program]}{gap}{quoted}\n")
    if quoted[0] != ">" and "@" not in HEADERS[program] and program.split()[1] == "Thunderbird":
        return  # no program leaves both the address and the marks out
    assert cut.text == WORDS


@pytest.mark.parametrize("width", [40, 60, 76])
@pytest.mark.parametrize("program", HEADERS)
def test_a_wrapped_header_is_known(program: str, width: int) -> None:
    words, lines = HEADERS[program].split(" "), [""]
    for word in words:
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [lines[-1], word]
    assert own_words(WORDS + "\n\n" + "\n".join(lines) + "\n\n> What did it change?\n").text == WORDS


@pytest.mark.parametrize(
    "ruler", ["", "________________________________\n", "-----Original Message-----\n", "  ---------\n\n"]
)
@pytest.mark.parametrize("language", BLOCKS)
def test_a_block_of_fields_is_known(language: str, ruler: str) -> None:
    cut = own_words(f"{WORDS}\n\n{ruler}{BLOCKS[language]}\n\nWhat did it change?\n\n1 Example Street\n")
    assert cut.text == WORDS
    assert "1 Example Street" in cut.hidden


@pytest.mark.parametrize(
    "text",
    [
        "On Sunday he wrote:\nI am sorry.\nI cried.",
        "From: the bottom of my heart, thank you. I mean it.",
        "On 12 March 2019 at 23:10 he wrote:\nI do not love you any more.\nI still have it.",
        "Am Sonntag schrieb er:\nEs tut mir leid.\nIch habe geweint.",
        "Le dimanche il a écrit :\nPardon.\nJ'ai pleuré.",
        "To: the man I married\nSubject: us\n\nI wanted to write this for a long time.",
        "I got three things from it:\n\n- sleep\n- time\n- a door that closes",
        "At 3:15 he told me.\nAt 4:00 I left:\nwith nothing.",
        "She sent from my phone a message to herself.\nI only saw it later.",
        "Sent from my own heart, this one. I mean it.",
        "Original message? There was none.",
        "Dates that hurt:\n2019-03-12 23:10\n12.03.2020 14:30\n01/15/2021 at 2:30 PM\nI know them all.",
        "Yes\n\n----\n\nand no.\n\n====\n\nBoth.",
        "I wrote to anna@example.org about it, and she wrote:\nCome and stay with us.",
        ">:(",
        "🎉",
        "...",
        "1. Sleep\n2. Trust\n3. The dog",
        "Regards to your team.\n\nAnna",
    ],
)
def test_a_persons_own_sentences_stay(text: str) -> None:
    assert own_words(text).text == text
    assert own_words(text).hidden == ""


@pytest.mark.parametrize(
    "program", ["en Gmail", "en Apple", "de Gmail", "fr Gmail", "es Gmail", "nl Gmail", "pt Gmail"]
)
@pytest.mark.parametrize("break_at", [0, 30], ids=["on one line", "wrapped"])
def test_words_before_a_header_on_its_own_line_stay(program: str, break_at: int) -> None:
    header = HEADERS[program]
    if break_at:
        header = f"{header[:break_at]}{header[break_at:].replace(' ', chr(10), 1)}"
    cut = own_words(f"Thank you. It took me a while. {header}\n\n> Some words of the lesson.\n")
    assert cut.text == "Thank you. It took me a while."
    assert "Some words of the lesson." in cut.hidden


@pytest.mark.parametrize(
    "text",
    [
        "I remember. On 3 May 2024 at 10:00 he wrote: I am sorry.",
        "It was late. On Monday at 10:30 my sister <anna@example.org> wrote to me, and I cried.",
    ],
)
def test_a_sentence_about_a_day_is_not_taken_apart(text: str) -> None:
    assert own_words(text).text == text


def test_what_stands_above_between_and_below_marked_quotation_stays() -> None:
    cut = own_words(
        f"First.\n\n{HEADERS['en Gmail']}\n> One question?\n\nMy answer.\n\n> Another?\nNo.\n>\n> End\n\nLast.\n\n-- \nAnna\n"
    )
    assert cut.text == "First.\n\nMy answer.\n\nNo.\n\nLast."
    assert cut.hidden.endswith("-- \nAnna".replace("-- ", "--"))


def test_if_all_would_be_cut_all_is_shown() -> None:
    for text in ("> only this", "Sent from my iPhone", "--\nAnna"):
        assert own_words(text).text


def test_a_mail_that_is_only_forwarded_shows_what_was_forwarded() -> None:
    cut = own_words(f"---------- Forwarded message ---------\n{BLOCKS['en']}\n\nThese are the words.\n")
    assert cut.text == "These are the words."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
        "Get Outlook for Android<https://aka.ms/ghei36>",
        "Sent from Mail for Windows",
        "Sent with Proton Mail secure email.",
        "Sent from Yahoo Mail for iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für iOS",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon appareil Android avec Courriel K-9 Mail. Veuillez excuser ma brièveté.",
        "Enviado desde mi iPhone",
        "Obtener Outlook para Android",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Odoslané z iPhonu",
        "Elküldve az iPhone-omról",
        "Trimis de pe iPhone",
        "Изпратено от моя iPhone",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "Στάλθηκε από το iPhone μου",
        "iPhone'umdan gönderildi",
        "נשלח מה-iPhone שלי",
        "أُرسل من الـ iPhone",
        "iPhoneから送信",
        "发自我的 iPhone",
        "從我的 iPhone 傳送",
        "나의 iPhone에서 보냄",
        "Đã gửi từ iPhone của tôi",
        "Dikirim dari iPhone saya",
        "Virus-free.www.avast.com",
    ],
)
def test_what_a_device_adds_is_hidden(line: str) -> None:
    for text in (f"{WORDS}\n\n{line}\n", f"{WORDS}\n\n{line}\n\n{HEADERS['en Apple']}\n\n> What?\n"):
        cut = own_words(text)
        assert cut.text == WORDS
        assert line in cut.hidden


def test_a_disclaimer_is_hidden() -> None:
    legal = (
        "This e-mail is confidential and may be privileged. If you are not the intended recipient, please notify the sender\n"
        "and delete this message; any disclosure is prohibited."
    )
    assert own_words(f"{WORDS}\n\n{legal}\n").text == WORDS


def words(text: str) -> list[str]:
    return sorted(text.replace(">", " ").split())


LESSON = "\n".join(f"Sentence {number} of a lesson says what no other says, {number * 7}." for number in range(30))

PIECES = st.lists(
    st.one_of(
        st.integers(0, 29).map(lambda number: LESSON.split("\n")[number]),
        st.integers(0, 29).map(lambda number: "> " + LESSON.split("\n")[number]),
        st.just(LESSON),
        st.just("\n".join(f"> {line}" for line in LESSON.split("\n"))),
        st.sampled_from(
            [
                *HEADERS.values(),
                *BLOCKS.values(),
                "> quoted",
                ">> twice",
                "",
                "-- ",
                "Sent from my iPhone",
                "____",
                "wrote:",
            ]
        ),
        st.text(max_size=30),
    ),
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(pieces=PIECES, sent=st.one_of(st.none(), st.text(max_size=60), st.just(LESSON), st.just(f"{LESSON}\n-- \nfoot")))
def test_no_word_is_lost_whatever_is_cut(pieces: list[str], sent: str | None) -> None:
    text = "\n".join(pieces)
    cut = own_words(text, sent=sent)
    assert words(f"{cut.text}\n{cut.hidden}") == words(text)
    is_lesson = sent is not None and "of a lesson says" in text  # nothing but what went out is nobody's words
    is_lesson = is_lesson or (sent is None and ">" in cut.hidden)  # nor is what a program quoted
    assert (
        is_lesson or bool(cut.text.strip()) == bool("".join(text.split())) or not any(char.isalnum() for char in text)
    )


@settings(max_examples=100, deadline=None)
@given(pieces=PIECES)
def test_what_is_somebodys_own_stays_so(pieces: list[str]) -> None:
    """A second look may still find something to hide, but never says less than nothing; on prose it changes nothing."""
    prose = "\n\n".join(piece for piece in pieces if piece.isalpha())
    assert own_words(prose).text == prose.strip("\n")


WORST = {
    "On On On": "On " * 66_000,
    "a line of On": "On On On\n" * 20_000,
    "From: a": "From: a\n" * 125_000,
    "half a block": "From: a@example.org\nx\n" * 40_000,
    "line ends": "\n" * 1_000_000,
    "marks": ">" * 1_000_000,
    "lines of marks": "> > \n" * 200_000,
    "signatures": "--\nx\n" * 200_000,
    "verbs": "2026 wrote:\n" * 80_000,
    "broken addresses": "<a@b\n>:\n" * 100_000,
    "the lesson, again and again": f"{LESSON}\n" * 400,
    "one word of it": "Sentence " * 100_000,
}


@pytest.mark.parametrize(
    "sent", [None, LESSON, "Sentence " * 5_000], ids=["alone", "beside a lesson", "beside one word"]
)
@pytest.mark.parametrize("worst", WORST)
def test_the_worst_texts_are_looked_at_as_far_as_promised_and_kept_whole(worst: str, sent: str | None) -> None:
    lines, _ = split(WORST[worst])
    assert len(lines) <= MOST_LINES
    assert sum(len(line.raw) + 1 for line in lines) <= MOST_CHARS
    cut = own_words(WORST[worst], sent=sent)
    assert len(words(f"{cut.text}\n{cut.hidden}")) == len(words(WORST[worst]))
