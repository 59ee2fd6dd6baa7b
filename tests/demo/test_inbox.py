"""The outbox as a mail program sees it."""

from datetime import timedelta
from pathlib import Path

from dripcourse.demo.inbox import Inbox, read
from dripcourse.domain.mail import Mailbox, Outgoing
from dripcourse.domain.mime import mime
from dripcourse.transports.outbox import Outbox
from tests.support.house import MONDAY


def outgoing(
    number: int = 1, to: str = "ana@example.org", html: str | None = "<p>Hello</p>", days: int = 0
) -> Outgoing:
    return Outgoing(
        delivery=f"d{number}",
        fence=1,
        sender=Mailbox("letters@dripcourse.example", "Slow Letters"),
        to=to,
        subject=f"Letter {number}",
        text="Hello in plain words\n",
        html=html,
        message_id=f"<d{number}@reply.example>",
        date=MONDAY + timedelta(days=days),
    )


def sent(folder: Path, *mails: Outgoing) -> Inbox:
    outbox = Outbox(folder / "outbox")
    for mail in mails:
        outbox.send(mail, now=mail.date)
    return Inbox(folder / "outbox")


def test_before_anything_was_sent_there_is_nothing(tmp_path: Path):
    inbox = Inbox(tmp_path / "outbox")
    assert (inbox.boxes(), inbox.count(), inbox.mail("d1.1")) == ([], 0, None)


def test_while_the_folders_are_just_being_made_there_is_nothing_yet(tmp_path: Path):
    (tmp_path / "outbox" / "tmp").mkdir(parents=True)
    assert (Inbox(tmp_path / "outbox").boxes(), Inbox(tmp_path / "outbox").count()) == ([], 0)


def test_each_address_has_a_box_in_the_order_of_first_mails_and_its_mails_newest_first(tmp_path: Path):
    mails = (outgoing(1), outgoing(2, "ben@example.org"), outgoing(3, days=7), outgoing(4, "ANA@example.org", days=9))
    boxes = sent(tmp_path, *mails).boxes()
    told = [(box.number, box.address, [mail.subject for mail in box.mails]) for box in boxes]
    assert told == [
        (1, "ana@example.org", ["Letter 4", "Letter 3", "Letter 1"]),
        (2, "ben@example.org", ["Letter 2"]),
    ]


def test_mails_of_the_same_second_stand_in_the_order_they_came(tmp_path: Path):
    (box,) = sent(tmp_path, *(outgoing(number) for number in (3, 1, 2))).boxes()
    assert [mail.subject for mail in box.mails] == ["Letter 2", "Letter 1", "Letter 3"]


def test_a_mail_that_somebody_deletes_from_the_folder_is_gone(tmp_path: Path):
    inbox = sent(tmp_path, outgoing(1), outgoing(2))
    assert inbox.count() == 2
    (tmp_path / "outbox" / "new" / "d1.1").unlink()
    assert [mail.subject for mail in inbox.boxes()[0].mails] == ["Letter 2"]


def test_the_preview_is_what_the_html_says_first_up_to_its_filler():
    html = "<html><head><title>No</title><style>p{}</style></head><body><div>One  date.\u034f \u200c</div><p>More</p></body></html>"
    assert read("k", mime(outgoing(html=html))).preview == "One date."


def test_a_long_preview_ends_at_a_word():
    preview = read("k", mime(outgoing(html=f"<p>{'word ' * 50}</p>"))).preview
    assert preview.endswith("word …")
    assert len(preview) <= 112


def test_a_mail_without_html_shows_its_text():
    mail = read("k", mime(outgoing(html=None)))
    assert (mail.html, mail.preview) == ("", "Hello in plain words")
