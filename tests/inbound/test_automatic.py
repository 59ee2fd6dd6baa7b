"""Automatic answers and people: told apart by headers, then by subject, then by the first words of a mail that quotes nothing."""

from datetime import date

import pytest

from dripcourse.inbound import Verdict, read_mail
from tests.inbound.post import parts, post

TOKEN = "leave+" + "a" * 42 + "@letters.example"

HEADERS = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated (vacation)",
    'AUTO-SUBMITTED:  Auto-Replied; owner-email="ann@example.org"',
    "X-Autoreply: yes",
    "X-Autorespond: Re: Letter 1",
    "X-Autoresponse: yes",
    "Precedence: auto_reply",
    "X-FC-MachineGenerated: true",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_enough(header: str) -> None:
    assert read_mail(post("Thank you, I read it.", header)).verdict is Verdict.AUTO_REPLY


SUBJECTS = [
    "Out of Office: Letter 1", "Automatic reply: Letter 1", "Auto: Letter 1", "Autoreply: Letter 1", "Automatische Antwort: Letter 1",
    "Abwesenheitsnotiz: Letter 1", "Réponse automatique : Letter 1", "Absence du bureau : Letter 1", "Respuesta automática: Letter 1",
    "Fuera de la oficina: Letter 1", "Risposta automatica: Letter 1", "Fuori sede: Letter 1", "Automatisch antwoord: Letter 1",
    "Afwezig: Letter 1", "Resposta automática: Letter 1", "Autosvar: Letter 1", "Automatiskt svar: Letter 1", "Automatisk svar: Letter 1",
    "Automaattinen vastaus: Letter 1", "Odpowiedź automatyczna: Letter 1", "Automatická odpověď: Letter 1", "Automatikus válasz: Letter 1",
    "Răspuns automat: Letter 1", "Автоматический ответ: Letter 1", "Автоответ: Letter 1", "Otomatik Yanıt: Letter 1",
    "Αυτόματη απάντηση: Letter 1", "自動返信: Letter 1", "自动回复: Letter 1", "자동 회신: Letter 1", "מענה אוטומטי: Letter 1", "رد تلقائي: Letter 1",
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_enough(subject: str) -> None:
    assert read_mail(post("Thank you.", subject=subject)).verdict is Verdict.AUTO_REPLY


NOTICES = [
    "Thank you for your email. I am out of the office until 16 March and will reply when I return.",
    "Hi,\n\nI'm on vacation with limited access to email. For urgent matters please contact my colleague.",
    "I am currently away from the office. In urgent cases please call the front desk.",
    "Vielen Dank für Ihre Nachricht. Ich bin bis zum 16.03.2026 nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.",
    "Guten Tag,\n\nich bin derzeit im Urlaub und ab dem 17. März wieder erreichbar. In dringenden Fällen wenden Sie sich bitte an die Zentrale.",
    "Bonjour,\n\nje suis absente du bureau jusqu'au 16 mars. En cas d'urgence, merci de joindre l'accueil.",
    "Hola, estoy de vacaciones hasta el 16 de marzo. En caso de urgencia escriba a la oficina. Leeré su mensaje a mi regreso.",
    "Buongiorno, sono in ferie fino al 16 marzo. Per urgenze contattare la segreteria. Risponderò al mio rientro.",
    "Olá, estou de férias até 16 de março. Em caso de urgência contacte o escritório.",
    "Ik ben afwezig tot 16 maart. Bij dringende zaken kunt u bellen. Uw e-mail wordt niet doorgestuurd.",
    "Hej! Jag är på semester till den 16 mars. Vid brådskande ärenden, ring växeln. Ditt mail läses när jag är tillbaka.",
    "Jeg er på ferie til 16. mars. Din mail blir ikke lest før jeg er tilbake. Ved hast, ring sentralbordet.",
    "Olen lomalla 16.3. asti. Vastaan viestiisi palattuani.",
    "Jestem na urlopie do 16 marca. W pilnych sprawach proszę o kontakt telefoniczny.",
    "Jsem na dovolené do 16. března. V naléhavých případech volejte recepci.",
    "Sunt în concediu până pe 16 martie. În caz de urgență, sunați la birou.",
    "Здравствуйте! Я нахожусь в отпуске до 16 марта. По срочным вопросам звоните в офис.",
    "Merhaba, 16 Mart tarihine kadar izindeyim. Acil durumlarda ofisi arayınız.",
    "お世話になっております。3月16日まで休暇をいただいております。お急ぎの場合は会社までご連絡ください。",
    "您好，我正在休假，3月16日回来。如有紧急事情请致电办公室。我会尽快回复您。",
    "안녕하세요. 현재 휴가 중입니다. 급한 일은 사무실로 연락 바랍니다.",
    "This is an automated reply. Your message has been received and ticket #4711 has been created.",
    "Dies ist eine automatisch generierte E-Mail. Bitte antworten Sie nicht auf diese Nachricht.",
    "Ceci est un message automatique, merci de ne pas y répondre. Votre demande a bien été reçue.",
]  # fmt: skip


@pytest.mark.parametrize("body", NOTICES, ids=[body[:25] for body in NOTICES])
def test_the_first_words_are_enough_where_nothing_is_quoted(body: str) -> None:
    assert read_mail(post(body)).verdict is Verdict.AUTO_REPLY


@pytest.mark.parametrize("body", NOTICES, ids=[body[:25] for body in NOTICES])
def test_with_a_quotation_below_the_same_words_are_a_persons(body: str) -> None:
    answer = f"{body}\n\nOn Mon, 2 Mar 2026 at 09:00, Slow Letters <r@letters.example> wrote:\n> Dear Ann,\n> what did you hear this week?\n"
    mail = read_mail(post(answer, "In-Reply-To: <d1@letters.example>"))
    assert mail.verdict is not Verdict.AUTO_REPLY


PEOPLE = [
    "I am out of the office this week, and for once I had time to sit with the question.",
    "I have been away from him for a month now. It helps.",
    "He was on vacation until Sunday. I told him when he came back.",
    "Ich bin im Urlaub mit ihm und wir reden.",
    "Estoy de vacaciones. Lo he pensado mucho.",
    "From: the bottom of my heart, thank you. I mean it.",
    "On Sunday he wrote: I am sorry. I cried.",
    "I got an automatic answer from his phone, and that is what he is: automatic.",
    "My message could not be delivered, he had blocked me. What do I do with that?",
    "Undeliverable. That is the word for what I feel.",
    "He said: do not reply to this email. I did not.",
    "The mailbox is full of his letters.",
    "Thank you for your message. I read it twice.",
    "I will answer when I am back from my mother's.",
    "Please call me unknown user from now on.",
    "Returned to sender, I thought, when his suitcase stood at the door.",
    "I was absent, even when I was there.",
    "I am not in the office any more, he fired me when I told his wife. Please tell nobody about this.",
    "Thank you for your email, it reached me at the right hour. I am away with the children and it is quiet.",
    "I'm on leave from work since it happened. I cannot concentrate.",
    "I am on holiday until Sunday, so just briefly: yes, it helped.",
    "ok",
    "👍",
]


@pytest.mark.parametrize("body", PEOPLE, ids=[body[:25] for body in PEOPLE])
@pytest.mark.parametrize("subject", ["Re: Letter 1", "AW: Letter 1", "", "hello"])
def test_no_persons_words_are_lost(body: str, subject: str) -> None:
    mail = read_mail(post(body, subject=subject))
    assert (mail.verdict, mail.text) == (Verdict.REPLY, body)


@pytest.mark.parametrize("subject", ["Re: Out of Office: Letter 1", "Re: Automatic reply: Letter 1", "Auto und Leben", "Autumn", "Re: Absence makes the heart grow fonder"])  # fmt: skip
def test_a_subject_that_only_sounds_so_is_a_persons(subject: str) -> None:
    assert read_mail(post("I am back now, and I thought about it.", subject=subject)).verdict is Verdict.REPLY


def test_a_receipt_of_reading_is_no_reply() -> None:
    mail = read_mail(
        parts(
            "report; report-type=disposition-notification",
            "Content-Type: text/plain\n\nYour message was displayed.",
            "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ann@example.org\n"
            "Original-Message-ID: <d1@letters.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n",
        )
    )
    assert mail.verdict is Verdict.AUTO_REPLY


def test_an_empty_mail_for_leaving_is_stop() -> None:
    mail = read_mail(f"From: ann@example.org\r\nTo: {TOKEN}\r\n\r\n".encode())
    assert (mail.verdict, mail.command) == (Verdict.COMMAND, "stop")


@pytest.mark.parametrize(
    "body",
    [
        "This message was automatically generated by Gmail.",
        'Apple Mail sent this email to unsubscribe from the message "Letter 1".',
        "Dies ist eine automatisch erzeugte Nachricht, bitte nicht antworten.",
    ],
)  # fmt: skip
def test_what_a_mail_program_writes_for_leaving_is_stop(body: str) -> None:
    mail = read_mail(post(body, "Auto-Submitted: auto-generated", subject="unsubscribe"), rcpt=TOKEN)
    assert (mail.verdict, mail.command) == (Verdict.COMMAND, "stop")


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "X-Failed-Recipients: a@b.example"]
)
def test_a_machine_that_answers_at_the_address_for_leaving_leaves_nobody_out(header: str) -> None:
    mail = read_mail(post("I am away.", header), rcpt=TOKEN)
    assert mail.command is None
    assert mail.verdict in (Verdict.AUTO_REPLY, Verdict.BOUNCE)


@pytest.mark.parametrize(
    "rcpt", ["subscribe@letters.example", "subscribe+slow-letters@letters.example", "SUBSCRIBE@letters.example"]
)
def test_mail_to_the_address_for_subscribing_subscribes(rcpt: str) -> None:
    mail = read_mail(post("hello, may I join?", subject=""), rcpt=rcpt)
    assert (mail.verdict, mail.command) == (Verdict.SUBSCRIBE, "subscribe")


def test_what_must_never_be_answered_by_a_machine_is_marked() -> None:
    assert read_mail(post("A thought.", "List-Id: <friends.example>")).is_automatic
    assert read_mail(post("A thought.", "Precedence: bulk")).is_automatic
    assert not read_mail(post("A thought.")).is_automatic


def test_evidence_holds_no_address_and_no_word_of_the_mail() -> None:
    mail = read_mail(post("secret words", 'Auto-Submitted: auto-replied; owner-email="ann@example.org"'))
    assert mail.evidence == ("header Auto-Submitted: auto-replied",)


UNTIL = [
    ("I am out of the office until 16 March.", date(2026, 3, 16)),
    ("I am out of the office until March 16th, 2026 and will reply then.", date(2026, 3, 16)),
    ("out of office from 2 March through 3/20/2026", date(2026, 3, 20)),
    ("I will be back on Monday, 16 March 2026.", date(2026, 3, 16)),
    ("Away until 2026-03-16.", date(2026, 3, 16)),
    ("Ich bin bis einschließlich 16.03. nicht im Büro.", date(2026, 3, 16)),
    ("Ich bin bis zum 16. März 2026 im Urlaub.", date(2026, 3, 16)),
    ("Je suis absente jusqu'au 16 mars.", date(2026, 3, 16)),
    ("du 1er au 16 mars inclus", date(2026, 3, 16)),
    ("Estoy fuera hasta el 16 de marzo de 2026.", date(2026, 3, 16)),
    ("Sono in ferie fino al 16 marzo", date(2026, 3, 16)),
    ("Estou de férias até 16 de março.", date(2026, 3, 16)),
    ("Ik ben afwezig tot en met maandag 16 maart.", date(2026, 3, 16)),
    ("Jag är på semester till och med den 16 mars.", date(2026, 3, 16)),
    ("Olen lomalla 16.3. asti.", date(2026, 3, 16)),
    ("Jestem na urlopie do 16 marca.", date(2026, 3, 16)),
    ("Я в отпуске до 16 марта.", date(2026, 3, 16)),
    ("3月16日まで休暇をいただいております。", date(2026, 3, 16)),
    ("我将休假至2026年3月16日。", date(2026, 3, 16)),
    ("away until January 5", date(2027, 1, 5)),
    ("I am out of the office until further notice.", None),
    ("I left on 3 January and nobody knows when I come back.", None),
    ("away until 31 February", None),
    ("until 16 March 2019", None),
    ("Call +49 30 16.03 for help", None),
]


@pytest.mark.parametrize(("body", "day"), UNTIL)
def test_the_date_until_which_somebody_is_away_is_found(body: str, day: date | None) -> None:
    assert read_mail(post(body, "Auto-Submitted: auto-replied")).away_until == day
