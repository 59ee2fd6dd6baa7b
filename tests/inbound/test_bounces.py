"""Mail that came back, as servers send it: recognised, and called as bad as it is and no worse."""

import pytest

from dripcourse.inbound import Severity, Verdict, read_mail
from tests.inbound.post import parts, post, report

HARD, SOFT, POLICY, DELAY = Severity.HARD, Severity.SOFT, Severity.POLICY, Severity.DELAY

DIAGNOSTICS = [
    # the mailbox, or its domain, does not exist
    ("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos", HARD, True),
    ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", HARD, True),
    ("5.5.0", "smtp;550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). User unknown", HARD, True),
    ("5.0.0", "smtp; 550 unknown user <userx@example.com> (in reply to RCPT TO command)", HARD, True),
    ("5.1.1", "smtp; 550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table", HARD, True),
    ("5.0.0", "smtp; 550 Requested action not taken: mailbox unavailable For explanation visit https://postmaster.example No such user here", HARD, True),
    ("5.1.2", "smtp; Host or domain name not found. Name service error for name=exmaple.org type=A: Host not found", HARD, True),
    ("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found", HARD, True),
    ("5.0.0", "smtp; 554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0] - mta1", HARD, True),
    ("5.1.1", "smtp; 550 5.1.1 <x@web.example>: Empfänger unbekannt", HARD, True),
    ("5.1.1", "smtp; 550 5.1.1 Adresse d au moins un destinataire invalide. Utilisateur inconnu", HARD, True),
    ("5.1.1", "smtp; 550 non-local recipient: invalid mailbox. user not found", HARD, True),
    ("5.2.1", "smtp; 550 5.1.1 sorry, no mailbox here by that name (#5.1.1 - chkusr)", HARD, True),
    ("5.1.1", "", HARD, True),
    # full, or not now
    ("5.1.1", "smtp; 552 5.1.1 mailbox full, user unknown to be reading it", SOFT, False),
    ("5.2.2", "smtp; 552-5.2.2 The email account that you tried to reach is over quota", SOFT, False),
    ("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space", SOFT, False),
    ("5.0.0", "smtp; 550 5.7.0 Quota exceeded (mailbox for user is full)", SOFT, False),
    ("4.4.1", "X-Postfix; connect to mx.example[192.0.2.1]:25: Connection timed out", SOFT, False),
    ("4.4.7", "smtp;550 4.4.7 QUEUE.Expired; message expired", SOFT, False),
    ("5.4.6", "smtp; 554 5.4.6 Too many hops 26", SOFT, False),
    ("5.4.4", "X-Postfix; Host not found, try again", SOFT, False),
    ("5.3.0", "X-Unix; Command died with status 17", SOFT, False),
    ("4.1.1", "smtp; 450 4.1.1 <x@example.org>: Recipient address rejected: User unknown in local recipient table", SOFT, False),
    ("5.2.1", "smtp; 550-5.2.1 The email account that you tried to reach is inactive.", SOFT, False),
    # not this mail, not from us
    ("5.7.1", "smtp; 550 5.7.1 Message rejected as spam by Content Filtering.", POLICY, False),
    ("5.1.1", "smtp; 550 5.1.1 message blocked, sending IP is listed at Spamhaus", POLICY, False),
    ("5.0.0", "smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.", POLICY, False),
    ("5.0.0", "smtp; 554 Denied (Mode: normal)", POLICY, False),
    ("5.7.515", "smtp; 550 5.7.515 Access denied, sending domain does not meet the required authentication level", POLICY, False),
    ("5.7.0", "smtp; 552-5.7.0 This message was blocked because its content presents a potential security issue", POLICY, False),
    ("5.2.3", "smtp; 552 5.2.3 Message size exceeds fixed maximum message size", POLICY, False),
    ("4.7.1", "smtp; 451 4.7.1 Greylisting in action, please come back later", POLICY, False),
    ("5.7.1", "smtp; 550 5.7.1 <x@example.org>: Relay access denied", POLICY, False),
    ("5.1.8", "smtp; 553 5.1.8 Sender address rejected: Domain of sender address does not resolve", POLICY, False),
    ("5.1.0", "smtp; 550 5.1.0 <ours@letters.example> sender rejected: your IP has a bad reputation", POLICY, False),
    ("5.0.0", "smtp; 550 High probability of spam", POLICY, False),
    ("5.1.1", "smtp; 550-Callout verification failed: 550 User unknown", POLICY, False),
    ("5.0.0", "smtp; 550 OU-002 messages from [192.0.2.1] weren't sent, part of their network is on our block list (S3150)", POLICY, False),
    ("5.0.0", "smtp; 421 RP-001 The mail server IP has exceeded the rate limit allowed.", POLICY, False),
    ("5.0.0", "smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", HARD, False),
    ("5.1.1", "smtp; 550 RCPT TO:<x@example.org> max message size exceeded 5.1.1 (bad destination mailbox address)", POLICY, False),
    ("5.1.1", "smtp; (reason: 553 SPF check failed) 550 5.1.1 x@example.org... User unknown", POLICY, False),
    ("5.7.1", "smtp; 550 5.7.1 Recipient not authorized, your IP has been found on a block list. If the user does not exist ask them", POLICY, False),
]  # fmt: skip


@pytest.mark.parametrize(("status", "diagnostic", "severity", "nobody"), DIAGNOSTICS)
def test_a_report_is_as_bad_as_code_and_words_together_say(
    status: str, diagnostic: str, severity: Severity, nobody: bool
) -> None:
    said = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    mail = read_mail(
        report(
            "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.",
            f"Final-Recipient: rfc822; ann@example.org\nOriginal-Recipient: rfc822;ann@example.org\nAction: failed\nStatus: {status}\n{said}",
        )
    )
    assert mail.verdict is Verdict.BOUNCE
    assert mail.text == ""
    assert mail.bounce is not None
    assert (mail.bounce.severity, mail.bounce.no_such_mailbox) == (severity, nobody)


def test_what_came_back_is_found() -> None:
    mail = read_mail(
        report("Not delivered.", "Final-Recipient: rfc822; Ann@Example.ORG\nAction: failed\nStatus: 5.1.1")
    )
    assert mail.bounce is not None
    assert mail.bounce.ids == ("ours@letters.example",)
    assert mail.bounce.tokens == ("b" * 42,)
    assert mail.bounce.recipients == ("Ann@example.org",)
    assert mail.bounce.status == "5.1.1"


def test_a_mere_delay_counts_for_nothing() -> None:
    mail = read_mail(
        report(
            "THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
            "Final-Recipient: rfc822; ann@example.org\nAction: delayed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 Mailbox full",
        )
    )
    assert mail.verdict is Verdict.BOUNCE
    assert mail.bounce is not None
    assert mail.bounce.severity is DELAY


def test_of_several_recipients_the_mildest_fate_counts() -> None:
    mail = read_mail(
        report(
            "Some were not reached.",
            """\
            Final-Recipient: rfc822; a@example.org
            Action: failed
            Status: 5.1.1

            Final-Recipient: rfc822; b@example.org
            Action: failed
            Status: 5.2.2
            Diagnostic-Code: smtp; 552 5.2.2 over quota
            """,
        )
    )
    assert mail.bounce is not None
    assert (mail.bounce.severity, mail.bounce.recipients) == (SOFT, ("a@example.org", "b@example.org"))


def test_a_report_of_success_is_no_bounce() -> None:
    mail = read_mail(
        report(
            "Your message was delivered.", "Final-Recipient: rfc822; ann@example.org\nAction: delivered\nStatus: 2.0.0"
        )
    )
    assert (mail.verdict, mail.bounce) == (Verdict.AUTO_REPLY, None)


PLAIN = [
    ("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <ours@letters.example>\nTo: ann@example.org\n\nDear Ann", HARD),
    ("Mail Delivery System <Mailer-Daemon@exim.example>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@example.org\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <ours@letters.example>", HARD),
    ("Mail Delivery System <Mailer-Daemon@exim.example>", "Warning: message 1abcde-0007jE-00 delayed 24 hours", "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue. No action is required on your part.", DELAY),
    ("postmaster@corp.example", "Undeliverable: Letter 1", "Delivery has failed to these recipients or groups:\n\nann@example.org\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.", HARD),
    ("postmaster@corp.example", "Unzustellbar: Letter 1", "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nann@example.org\nDie eingegebene E-Mail-Adresse konnte nicht zugestellt werden. Das Postfach des Empfängers ist voll.", SOFT),
    ("Postmaster@notes.example", "DELIVERY FAILURE: User ann (ann@example.org) not listed in Domino Directory", "Your message\n\n  Subject: Letter 1\n\nwas not delivered to:\n\n  ann@example.org\n\nbecause:\n\n  User ann (ann@example.org) not listed in Domino Directory", HARD),
    ("MAILER-DAEMON@yahoo.example", "Failure Notice", "Sorry, we were unable to deliver your message to the following address.\n\n<ann@example.org>:\n554: delivery error: dd Requested mail action aborted, mailbox not found", HARD),
    ("MAILER-DAEMON@mail.example", "Undelivered Mail Returned to Sender", "This is the mail system at host mail.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<ann@example.org>: host mx.example[192.0.2.7] said: 554 5.7.1 Service\n    unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", POLICY),
    ("Mail Delivery Subsystem <mailer-daemon@googlemail.example>", "Delivery Status Notification (Failure)", "** Die Adresse wurde nicht gefunden **\n\nIhre Nachricht konnte nicht an ann@example.org zugestellt werden, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.", HARD),
    ("mailer-daemon@correo.example", "Correo devuelto: no se pudo entregar", "No se ha podido entregar su mensaje a los siguientes destinatarios:\n\nann@example.org: el buzón no existe", HARD),
    ("postmaster@orange.example", "Échec de la remise : Letter 1", "Votre message n'a pas pu être remis à ann@example.org.\nLa boîte aux lettres du destinataire est pleine.", SOFT),
    ("Mailer-Daemon@mail.example", "Ваше сообщение не доставлено", "К сожалению, Ваше письмо не может быть доставлено: почтовый ящик не найден, пользователь не существует", HARD),
    ("MAILER-DAEMON@sina.example", "退信", "邮件无法投递到您指定的地址。用户不存在", HARD),
    ("MAILER-DAEMON@docomo.example", "配信不能のお知らせ", "次の宛先にメールを配信できませんでした。宛先不明です。", HARD),
    ("MAILER-DAEMON@AOL.example", "Mail Delivery Problem", "Your mail to the following recipients could not be delivered because they are not accepting mail from course@letters.example:\n\tscreenname", POLICY),
    ('"Postmaster" <postmaster@smtp32.example>', "Undeliverable Mail", "Unknown user: ann@example.org\n\nRCPT TO generated following response:\n553 5.3.0 <ann@example.org>... Addressee unknown, relay=[192.0.2.10]\n\nOriginal message follows.\n", HARD),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "body", "severity"), PLAIN, ids=[f"{case[1][:30]}" for case in PLAIN])
def test_bounces_without_a_report_are_bounces(sender: str, subject: str, body: str, severity: Severity) -> None:
    mail = read_mail(post(body, "Return-Path: <>", sender=sender, subject=subject))
    assert mail.verdict is Verdict.BOUNCE, mail.evidence
    assert mail.bounce is not None
    assert mail.bounce.severity is severity


def test_returned_headers_in_plain_text_are_found() -> None:
    mail = read_mail(post(PLAIN[0][2], sender=PLAIN[0][0], subject=PLAIN[0][1]))
    assert mail.bounce is not None
    assert mail.bounce.ids == ("ours@letters.example",)


def test_somebody_who_asks_about_a_bounce_is_a_person() -> None:
    body = "Can you tell me what this means? My letter came back.\n\nI am sorry to bother you."
    mail = read_mail(post(body, "In-Reply-To: <x@y>", subject="Fwd: Undelivered Mail Returned to Sender"))
    assert mail.verdict is Verdict.REPLY


ABUSE = (
    "Content-Type: text/plain\n\nThis is an email abuse report for an email message received from IP 192.0.2.1.",
    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n",
    "Content-Type: message/rfc822\n\nFrom: course@letters.example\nMessage-ID: <ours@letters.example>\nSubject: Letter 1\n\nDear Ann\n",
)  # fmt: skip


def test_a_feedback_report_is_a_complaint() -> None:
    mail = read_mail(parts("report; report-type=feedback-report", *ABUSE))
    assert (mail.verdict, mail.text) == (Verdict.COMPLAINT, "")
    assert mail.bounce is not None
    assert "ours@letters.example" in mail.bounce.ids
    assert mail.evidence == ("feedback report: abuse",)


def test_a_report_that_it_was_no_spam_is_no_complaint() -> None:
    changed = [part.replace("abuse\n", "not-spam\n") for part in ABUSE]
    assert read_mail(parts("report; report-type=feedback-report", *changed)).verdict is Verdict.AUTO_REPLY


def test_hotmail_complains_in_its_own_form() -> None:
    head = "From: staff@hotmail.com\nTo: fbl@letters.example\nSubject: complaint about message from 192.0.2.1\nMIME-Version: 1.0\n"
    inner = "Content-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: ann@hotmail.example\nMessage-ID: <ours@letters.example>\n\nDear Ann\n"
    assert read_mail(parts("mixed", inner, head=head)).verdict is Verdict.COMPLAINT
