"""Headers of quotations in further languages: cut whole where a program wrote them, and never where a person did."""

import pytest

from dripcourse.inbound.mime.flowed import without_armour
from dripcourse.inbound.reply.extract import own_words
from tests.inbound.programs import ADDRESS, lessons

OWN = "Tja. The mornings."

OUTLOOK = {
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "hr": ("Šalje", "Poslano", "Prima", "Predmet"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "lv": ("No", "Nosūtīts", "Kam", "Temats"),
    "lt": ("Nuo", "Išsiųsta", "Kam", "Tema"),
    "sq": ("Nga", "Dërguar", "Për", "Tema"),
    "is": ("Frá", "Sent", "Til", "Efni"),
    "eu": ("Nork", "Bidalita", "Nori", "Gaia"),
    "ca": ("De", "Enviat el", "Per a", "Assumpte"),
    "gl": ("De", "Enviado", "Para", "Asunto"),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc"),
    "ms": ("Daripada", "Dihantar", "Kepada", "Subjek"),
    "fil": ("Mula kay", "Ipinadala", "Para kay", "Paksa"),
    "af": ("Van", "Gestuur", "Aan", "Onderwerp"),
    "sw": ("Kutoka", "Imetumwa", "Kwa", "Mada"),
    "sr": ("Од", "Послато", "За", "Тема"),
    "mk": ("Од", "Испратено", "До", "Предмет"),
    "kk": ("Кімнен", "Жіберілді", "Кімге", "Тақырып"),
    "az": ("Kimdən", "Göndərilib", "Kimə", "Mövzu"),
    "ka": ("ვისგან", "გაგზავნილია", "ვის", "თემა"),
    "hy": ("Ումից", "Ուղարկված է", "Ում", "Թեմա"),
    "fa": ("از", "ارسال شده", "به", "موضوع"),
    "ur": ("منجانب", "بھیجا گیا", "بنام", "موضوع"),
    "hi": ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    "mr": ("प्रेषक", "पाठविले", "प्रति", "विषय"),
    "bn": ("প্রেরক", "প্রেরিত", "প্রতি", "বিষয়"),
    "ta": ("அனுப்புநர்", "அனுப்பியது", "பெறுநர்", "பொருள்"),
}
"""From, Sent, To and Subject as Outlook writes them. Two letters of a language, where there are two (ISO 639)."""

WROTE = {
    "bn": f"৩ মে ২০২৭ তারিখে ৯:১২ AM-এ, {ADDRESS} লিখেছেন:",
    "hy": f"Երկ, 3 մայ 2027 թ., 09:12 {ADDRESS}-ը գրել է․",
    "hi": f"सोम, 3 मई 2027 को 9:12 am बजे को {ADDRESS} ने लिखा:",
    "mr": f"सोम, ३ मे, २०२७ रोजी ९:१२ AM वाजता {ADDRESS} ने लिहिले:",
    "gu": f"સોમ, 3 મે, 2027 ના રોજ 09:12 AM વાગ્યે {ADDRESS} એ લખ્યું:",
    "ta": f"திங்., 3 மே, 2027, முற்பகல் 9:12 அன்று, {ADDRESS} எழுதியது:",
    "te": f"సోమ, 3 మే, 2027, 9:12 AMకి {ADDRESS} ఇలా రాశారు:",
    "fa": f"در تاریخ دوشنبه ۳ مهٔ ۲۰۲۷ ساعت ۹:۱۲ {ADDRESS} نوشت:",
    "fa, its own calendar": f"دوشنبه ۱۳ اردیبهشت ۱۴۰۶ ساعت ۹:۱۲ {ADDRESS} نوشت:",
    "ar": f"في الاثنين، ٣ مايو ٢٠٢٧ في ٩:١٢ ص تمت كتابة ما يلي بواسطة {ADDRESS}:",
    "th": f"ในวันที่ จ. 3 พ.ค. 2570 เวลา 9:12 {ADDRESS} เขียนว่า:",
    "sq": f"Më hën, 3 maj 2027 në 9:12 AM {ADDRESS} shkroi:",
    "sr": f"пон, 3. мај 2027. у 09:12 {ADDRESS} је написао/ла:",
    "is": f"mán., 3. maí 2027 kl. 09:12 skrifaði {ADDRESS}:",
    "sw": f"Mnamo Jum, 3 Mei 2027 saa 9:12 AM {ADDRESS} aliandika:",
    "eu": f"2027(e)ko mai. 3(a), al. (09:12) erabiltzaileak hau idatzi du ({ADDRESS}):",
    "ka": f"ორშ, 3 მაი. 2027, 09:12 თარიღით {ADDRESS} დაწერა:",
    "cy": f"Ar Llun, 3 Mai 2027 am 09:12 ysgrifennodd {ADDRESS}:",
}


def block(names: tuple[str, str, str, str]) -> str:
    sender, sent, to, subject = names
    return f"{sender}: {ADDRESS}\n{sent}: 3. 5. 2027 09:12\n{to}: Anna Example <anna@example.org>\n{subject}: {LESSON.subject}"


LESSON = lessons()[4]


@pytest.mark.parametrize("known", ["", "the lesson"])
@pytest.mark.parametrize("language", OUTLOOK)
def test_a_block_of_fields_is_cut_whole(language: str, known: str) -> None:
    text = f"{OWN}\n\n{block(OUTLOOK[language])}\n\n{LESSON.text}"
    cut = own_words(text, sent=LESSON.text if known else None)
    assert cut.text == OWN
    assert ADDRESS in cut.hidden


@pytest.mark.parametrize("marks", ["", "> "])
@pytest.mark.parametrize("language", WROTE)
def test_the_line_that_says_who_wrote_is_cut_whole(language: str, marks: str) -> None:
    quoted = "\n".join(marks + line for line in LESSON.text.splitlines())
    for sent in (LESSON.text, None):
        assert own_words(f"{OWN}\n\n{WROTE[language]}\n{quoted}", sent=sent).text == OWN


@pytest.mark.parametrize(
    "words",
    [
        "Za: to je bilo leta 2019.\nOd: takrat naprej je bilo bolje.\nNaslov: naš dom.",
        "No: I did not.\nSent: a card on 3 May.\nAt: the kitchen table.",
        "Tema: ljubav.\nPrima: tko daje.",
        "Teema: meie kodu.\nSaaja: mina, 2026.",
        "Kam: namo.\nNo: sirds.",
        "De: lo que no dije.\nPer a: ella.",
        "से: शुरू हुआ 2026 में।\nको: मैंने कहा।",
        "از: دلم.\nبه: خانه، ۱۴۰۵.",
        "আমি ২০২৬ সালে তাকে চিঠি লিখেছেন:\nকিছুই না।",
        "Երկուշաբթի 2027 թվականին նա գրել է։\nԵվ ես լռեցի։",
        "Më 3 maj 2027 ai shkroi:\nasgjë.",
    ],
)
def test_a_persons_own_lines_that_look_alike_stay(words: str) -> None:
    for sent in (LESSON.text, None):
        assert own_words(words, sent=sent).text == words


@pytest.mark.parametrize("own", [OWN, "He said: On Monday 3 of us left. It was fine: really."])
@pytest.mark.parametrize("marked", [False, True])
def test_a_whole_mail_on_one_line_is_cut_at_its_header(own: str, *, marked: bool) -> None:
    quoted = " > ".join(["", *LESSON.text.split("\n")]) if marked else " ".join(LESSON.text.split())
    text = f"{own} On Mon, Mar 2, 2026 at 10:00 AM {ADDRESS} wrote: {quoted}"
    for sent in (LESSON.text, LESSON.said, None):
        cut = own_words(text, sent=sent)
        assert cut.text == own
        assert "wrote:" in cut.hidden


def test_a_long_line_of_ones_own_stays_whole() -> None:
    text = "I wrote: On Monday at 10:30 in 2026 my sister wrote: you are late. " * 40
    assert own_words(text, sent=LESSON.text).text == text.strip()


SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe mornings.\n- -- \nAnna\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SIGNED, "The mornings.\n-- \nAnna\n\n"),
        ("Hello,\n\n" + SIGNED, "Hello,\n\nThe mornings.\n-- \nAnna\n\n"),
        (SIGNED + "___\nThe list's footer", "The mornings.\n-- \nAnna\n\n___\nThe list's footer"),
        (SIGNED.replace("\n\nThe", "\nThe"), SIGNED.replace("\n\nThe", "\nThe")),
        (SIGNED.partition("-----BEGIN PGP SIGNATURE")[0], SIGNED.partition("-----BEGIN PGP SIGNATURE")[0]),
        ("> " + SIGNED.replace("\n", "\n> "), "> " + SIGNED.replace("\n", "\n> ")),
    ],
    ids=["alone", "below a greeting", "above a footer", "without a blank line", "without an end", "quoted"],
)
def test_the_armour_of_a_signed_text_is_taken_off_and_no_word_with_it(text: str, words: str) -> None:
    assert without_armour(text) == words
