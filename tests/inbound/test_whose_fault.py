"""Whose fault a bounce is, over the words of real mail servers: what is about us, the mail, a policy or a program is never about a mailbox."""

import pytest

from dripcourse.inbound import Severity, read_mail
from dripcourse.inbound.verdicts.severity import judge
from tests.inbound.post import post, report

OURS = [
    ("5.1.1", "550 5.1.1 Return path does not exist"),
    ("5.1.1", "550 5.1.1 Mail appears to be forged"),
    ("5.1.1", "550 5.1.1 quarantined"),
    ("5.1.1", "550 5.1.1 unacceptable content"),
    ("5.1.1", "550 5.1.1 Your mail was classified as advertisement"),
    ("5.1.1", "550 5.1.1 Mailbox owner does not accept newsletters"),
    ("5.1.1", "550 5.1.1 URL in message is on SURBL"),
    ("5.1.1", "550 5.1.1 Geo-IP restriction"),
    ("5.1.1", "550 5.1.1 Sender alignment failure"),
    ("5.1.1", "550 5.1.1 TLS version not supported"),
    ("5.1.1", "550 5.1.1 duplicate message detected"),
    ("5.1.1", "550 5.1.1 maximum recipients per day"),
    ("5.1.1", "550 5.1.1 message rejeté comme indésirable"),
    ("5.1.1", "550 5.1.6 Sender no longer on recipient's contact list"),
    # the sender's address or domain (RFC 3463: X.1.7, X.1.8)
    ("5.1.8", "553 5.1.8 <letters@course.example>... Domain of sender address letters@course.example does not exist"),
    ("5.1.1", "553 5.1.8 <letters@course.example>... Domain of sender address letters@course.example does not exist"),
    ("5.1.7", "550 5.1.7 sender domain does not exist"),
    ("5.1.0", "550 5.1.0 mail from domain course.example does not exist"),
    ("5.1.7", "501 5.1.7 Bad sender address syntax"),
    ("5.0.0", "550 Unrouteable sender address"),
    ("5.0.0", "550 unroutable sender address course.example"),
    ("5.0.0", "550 Sender verify failed"),
    ("5.0.0", "550-Verification failed for <letters@course.example> 550-No Such User Here 550 Sender verify failed"),
    ("5.0.0", "550 Verification failed for <letters@course.example>: unknown user"),
    ("5.1.1", "550 5.1.1 Callback verification failed: user unknown"),
    ("5.0.0", "554 5.1.8 <letters@course.example>: Sender address rejected: Domain not found"),
    ("5.1.1", "550 5.1.1 <letters@course.example>: Sender address rejected: User unknown in local recipient table"),
    ("5.0.0", "550 <letters@course.example> sender address does not exist"),
    ("5.1.1", "550 The sender's domain could not be found, address unknown"),
    ("5.0.0", "550 invalid sender domain: no such domain"),
    ("5.0.0", "550 return-path address does not exist"),
    ("5.0.0", "553 sorry, your envelope sender domain must exist (#5.7.1)"),
    ("5.0.0", "550 Envelope sender domain does not exist"),
    ("5.0.0", "550 MAIL FROM:<letters@course.example> user unknown"),
    ("5.0.0", "550 Absenderadresse existiert nicht"),
    ("5.0.0", "550 L'adresse de l'expéditeur n'existe pas"),
    ("5.0.0", "550 El dominio del remitente no existe"),
    ("5.1.1", "550 5.1.1 Il dominio del mittente non esiste"),
    ("5.0.0", "550 адрес отправителя не существует"),
    # how our server introduced itself, and its names
    ("5.0.0", "550 Invalid HELO: host mail.course.example not found"),
    ("5.0.0", "504 5.5.2 <mail>: Helo command rejected: Host not found"),
    ("5.5.1", "550 EHLO name does not exist"),
    ("5.0.0", "551 mail from 192.0.2.1 is forbidden: invalid RDNS record of your mail server"),
    ("5.1.1", "550 5.1.1 your host has no reverse DNS: unknown host"),
    ("5.7.25", "550 5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup"),
    ("5.0.0", "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]"),
    ("5.0.0", "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied"),
    ("5.0.0", "550 Cannot resolve PTR record for 192.0.2.1: host not found"),
    # SPF, DKIM, DMARC
    ("5.0.0", "553 Sender Policy Framework (SPF) fail"),
    ("5.1.1", "553 SPF (Sender Policy Framework) domain authentication fail. 550 5.1.1 user unknown"),
    ("5.7.23", "550 5.7.23 The message was rejected because of Sender Policy Framework violation"),
    ("5.7.26", "550-5.7.26 Unauthenticated email from course.example is not accepted due to domain's DMARC policy."),
    ("5.7.9", "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes"),
    ("5.0.0", "550 DKIM signature verification failed; mailbox not available"),
    ("5.7.515", "550 5.7.515 Access denied, sending domain COURSE.EXAMPLE doesn't meet the required authentication level."),
    # block lists and reputation
    ("5.0.0", "550-5.7.1 Service refused; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://check.spamhaus.org"),
    ("5.7.1", "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus"),
    ("5.0.0", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150)"),
    ("5.0.0", "554 mimecast: Email rejected due to security policies - https://community.mimecast.com"),
    ("5.0.0", "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550"),
    ("5.0.0", "550 Rejected by header based manually Blocked Senders - https://community.mimecast.com/docs/DOC-1369#550"),
    ("5.0.0", "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1"),
    ("5.0.0", "554-gmx.net (mxgmx116) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record. 554 For explanation visit https://postmaster.gmx.net"),
    ("5.0.0", "554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.web.de"),
    ("5.0.0", "550 JunkMail rejected - mail.course.example [192.0.2.1]:25 is in an RBL, see https://sender.office.example"),
    ("5.1.1", "550 5.1.1 Message rejected as spam: 192.0.2.1 is on our deny list"),
    ("5.1.1", "550 5.1.1 Recipient unknown or your server is listed in a DNSBL"),
    ("5.0.0", "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded; policy restriction"),
    ("5.0.0", "550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is blacklisted using uceprotect"),
    ("4.7.0", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints"),
    ("5.3.0", "521 5.3.0 AOL will not accept delivery of this message: reputation"),
    # content, size
    ("5.1.1", "550 RCPT TO:<x@example.org> max message size exceeded"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    ("5.0.0", "552 message size exceeds maximum for this user"),
    ("5.0.0", "523 the message is too large for this recipient"),
    ("5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
    ("5.0.0", "554 5.6.0 Message contains NUL characters"),
    ("5.0.0", "550 This message contains a virus and was rejected, user unknown"),
    ("5.7.0", "552-5.7.0 This message was blocked because its content presents a potential security issue."),
    ("5.0.0", "550 content rejected"),
    ("5.0.0", "554 5.7.1 The message from (<letters@course.example>) with the subject of (Letter 1) matches a profile the Internet community may consider spam."),
    # policy of the other side
    ("5.0.0", "550 Rejected"),
    ("5.0.0", "554 Rejected"),
    ("5.0.0", "550 Access denied"),
    ("5.0.0", "550 Mail refused"),
    ("5.7.1", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
    ("5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
    ("5.7.1", "554 5.7.1 <x@example.org>: Relay access denied"),
    ("5.0.0", "550 relay not permitted"),
    ("5.7.1", "550 5.7.1 Recipient address rejected: user does not want mail from your domain"),
    ("5.1.1", "550 5.7.1 User unknown or sender not allowed by policy"),
    ("5.0.0", "550 You are not allowed to send to this list; members only"),
    ("5.0.0", "550 5.7.1 Requested action not taken: message refused"),
    ("5.0.0", "554 5.7.1 [P4] Message blocked due to spam content in the message."),
    ("5.0.0", "550 Denied by policy"),
    ("5.0.0", "550 TLS is required"),
    # the stage of the dialogue
    ("5.0.0", "SMTP error from remote mail server after MAIL FROM:<letters@course.example> SIZE=3000: 550 address unknown"),
    ("5.0.0", "host mx.example.org[192.0.2.7] said: 550 5.1.1 unknown address (in reply to MAIL FROM command)"),
    ("5.0.0", "SMTP error from remote mail server after initial connection: 554 no such host"),
    ("5.0.0", "SMTP error from remote mail server after EHLO mail.course.example: 550 host unknown"),
    ("5.0.0", "host mx.example.org said: 550 Host not found (in reply to HELO command)"),
]  # fmt: skip

LATER = [
    ("5.1.1", "550 5.1.1 account over its limit"),
    ("5.1.1", "550 5.1.1 No space"),
    ("5.1.1", "550 5.1.1 come back later"),
    ("5.1.1", "pipe to |/usr/lib/dovecot/deliver: No such file or directory"),
    ("5.0.0", "pipe to |/usr/local/bin/filter generated by x@example.org: local delivery failed: No such file or directory"),
    ("5.1.1", "Child process of address_pipe transport returned 127 (could mean unable to exec or command does not exist) from command: a filter"),
    ("5.3.0", "x-unix; procmail: user not found in spool"),
    ("5.2.0", "maildrop: Unable to open mailbox: No such file or directory"),
    ("5.0.0", "550 cannot open .forward: no such file"),
    ("5.0.0", "lookup of user failed: LDAP error: user not found"),
    ("5.3.5", "554 5.3.5 Local configuration error: recipient address not found in map"),
    ("5.0.0", "Mailbox is frozen"),
    ("5.0.0", "550 Mailbox is frozen, see customer care"),
    ("5.0.0", "On hold"),
    ("5.0.0", "550 On hold"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled temporarily"),
    ("5.2.2", "552-5.2.2 The email account that you tried to reach is over quota."),
    ("5.1.1", "552 5.1.1 Mailbox full"),
    ("5.0.0", "552 Requested mail action aborted: exceeded storage allocation"),
    ("5.0.0", "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded"),
    ("5.4.7", "[internal] exceeded maximum time in queue; no response from host"),
    ("4.4.1", "connect to mx.example.org[192.0.2.7]:25: Connection refused"),
    ("5.4.1", "the other server did not answer for 72 hours"),
    ("5.4.6", "554 5.4.6 Hop count exceeded - possible mail loop"),
    ("5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34"),
    ("5.3.2", "554 5.3.2 STOREDRV.Deliver; system not accepting network messages"),
]  # fmt: skip

THEIRS = [
    ("5.1.1", "550 5.1.1 not a local user"),
    ("5.1.1", "550 5.1.1 cannot find user"),
    ("5.1.1", "550 5.1.1 Destinatario desconocido"),
    ("5.1.1", "550 5.1.1 No mail box available for this user"),
    ("5.1.1", "550 5.1.1 badrcptto"),
    ("5.1.1", "550 5.1.1"),
    ("5.1.1", "550 5.1.1 no mailbox by that name is currently available"),
    ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. Learn more at https://support.google.com/mail/?p=NoSuchUser"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient anna@example.org not found by SMTP address lookup"),
    ("5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
    ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). User unknown"),
    ("5.1.1", "550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown in virtual mailbox table"),
    ("5.1.1", "550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)"),
    ("5.0.0", "550 5.1.1 <anna@example.org>... User unknown"),
    ("5.1.1", "SMTP error from remote mail server after RCPT TO:<anna@example.org>: 550 5.1.1 No such user here"),
    ("5.1.1", "SMTP error from remote mail server after pipelined MAIL FROM, RCPT TO:<anna@example.org>: 550 No Such User Here"),
    ("5.0.0", "Unrouteable address"),
    ("5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    ("5.0.0", "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)"),
    ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.com account (anna@yahoo.com) [0] - mta1234.mail.bf1.yahoo.com"),
    ("5.0.0", "552 1 Requested mail action aborted, mailbox not found"),
    ("5.1.1", "550 Requested action not taken: mailbox unavailable For explanation visit https://postmaster.gmx.net/de/error-messages?ip=192.0.2.1&c=nres No such user"),
    ("5.1.1", "550 5.1.1 User unknown"),
    ("5.1.1", "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550"),
    ("5.1.1", "host spamfilter.example.org[192.0.2.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command)"),
    ("5.1.1", "host mx1.block.policy.example[192.0.2.7] said: 550 5.1.1 <anna@example.org> user unknown"),
    ("5.1.1", "550 5.1.1 <spam@example.org>... User unknown"),
    ("5.1.1", "550 5.1.1 unknown or illegal alias: anna@example.org"),
    ("5.1.1", "550 5.1.1 Mailbox does not exist"),
    ("5.1.1", "550 5.1.1 The user you are trying to reach does not exist; see our policy page"),
    ("5.4.4", "Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found"),
    ("5.1.2", "Host unknown (Name server: nowhere.example: host not found)"),
    ("5.0.0", "550 #5.1.0 Address rejected. No such recipient"),
    ("5.1.1", "550 Utilisateur inconnu"),
    ("5.1.1", "550 Benutzer unbekannt"),
    ("5.1.1", "550 El usuario no existe"),
]  # fmt: skip


def severity_of(status: str, words: str) -> tuple[Severity, bool]:
    """As a report by another server says it (RFC 3464)."""
    fields = (
        f"Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n"
    )
    found = read_mail(report("Your message could not\nbe delivered to one or more recipients.", fields)).bounce
    assert found is not None
    return found.severity, found.no_such_mailbox


@pytest.mark.parametrize(("status", "words"), OURS)
def test_what_is_about_us_the_mail_or_a_policy_is_never_about_the_mailbox(status: str, words: str) -> None:
    assert severity_of(status, words) == (Severity.POLICY, False)


@pytest.mark.parametrize(("status", "words"), LATER)
def test_what_is_full_or_failed_on_the_other_side_is_scored_against_nobody(status: str, words: str) -> None:
    assert severity_of(status, words) == (Severity.SOFT, False)


@pytest.mark.parametrize(("status", "words"), THEIRS)
def test_a_mailbox_that_does_not_exist_is_known_by_every_servers_words(status: str, words: str) -> None:
    assert severity_of(status, words) == (Severity.HARD, True)


def test_a_full_mailbox_is_told_from_what_may_pass_otherwise() -> None:
    full, gone = judge("5.2.2", "552 5.2.2 over quota"), judge("4.4.1", "connection timed out")
    assert full is not None
    assert gone is not None
    assert (full.full, gone.full) == (True, False)


def test_the_comment_of_a_status_field_is_the_code_again_and_no_words() -> None:
    fields = (
        "Final-Recipient: rfc822; ann@example.org\nAction: Failed\nStatus: 5.1.1 (bad destination mailbox address)\n"
        "Diagnostic-Code: smtp; 550 max message size exceeded\n"
    )
    found = read_mail(report("Not delivered.", fields)).bounce
    assert found is not None
    assert (found.severity, found.no_such_mailbox) == (Severity.POLICY, False)


@pytest.mark.parametrize(
    "body",
    [
        "   ----- The following addresses had permanent fatal errors -----\n<ann@example.org>\n    (reason: 553 Sender Policy Framework (SPF) fail)\n\n   ----- Transcript of session follows -----\n550 5.1.1 <ann@example.org>... User unknown",
        "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n  ann@example.org\n    SMTP error from remote mail server after MAIL FROM:<letters@course.example> SIZE=2000:\n    host mx.example.org [192.0.2.7]: 553 5.1.1 unknown address",
        "   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> MAIL From:<letters@course.example>\n<<< 553 5.1.8 Domain of sender address does not exist\n501 5.1.1 <ann@example.org>... User unknown",
    ],
)  # fmt: skip
def test_what_the_other_server_said_goes_before_the_summary_of_ours(body: str) -> None:
    mail = read_mail(
        post(body, "Return-Path: <>", sender="MAILER-DAEMON@mx.example", subject="Returned mail: see transcript")
    )
    assert mail.bounce is not None
    assert (mail.bounce.severity, mail.bounce.no_such_mailbox) == (Severity.POLICY, False)


@pytest.mark.parametrize(
    "words",
    ["550 5.1.1 that is not the way we do it here", "550 5.1.1 blue moon rule 7", "550 5.1.2 not in this house"],
)
def test_an_unfamiliar_sentence_beside_the_code_of_an_unknown_mailbox_ends_nobody_at_once(words: str) -> None:
    said = judge("5.1.1", words)
    assert said is not None
    assert not said.nobody
