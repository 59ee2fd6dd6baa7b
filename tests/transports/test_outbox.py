"""The outbox: mail as files, and a ledger that knows what was really put there, whatever becomes of the files."""

import mailbox
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Outgoing, Transport, Unknown
from dripcourse.transports import outbox as the_file
from dripcourse.transports.outbox import Outbox
from tests.support.children import ended, fork, in_child, was_killed
from tests.transports.contract import NOW, TransportContract, a_mail, read
from tests.transports.steps import Stepped, killed_at, lines_of

FILE = the_file.__file__


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for outboxes: in memory where there is such a place, since every mail is written through to the disk."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() and os.access(memory, os.W_OK) else None))
    made.chmod(0o755)
    yield made
    for each in made.rglob("*"):
        if each.is_dir():
            each.chmod(0o700)
    shutil.rmtree(made)


@pytest.fixture
def outbox(folder: Path) -> Outbox:
    return Outbox(folder / "outbox")


def send(outbox: Outbox, mail: Outgoing) -> Outcome:
    return outbox.send(mail, now=NOW)


def evidence(outbox: Outbox, mail: Outgoing) -> Evidence:
    return outbox.evidence(mail.delivery, mail.fence, marked_at=NOW, now=NOW + timedelta(hours=1))


def is_there(outbox: Outbox, mail: Outgoing) -> bool:
    return (outbox.path / "new" / f"{mail.delivery}.{mail.fence}").exists()


def staging(outbox: Outbox) -> Path:
    return outbox.path.with_name("outbox.ledger") / "staging"


class TestContract(TransportContract):
    is_local = True

    @pytest.fixture
    def transport(self, outbox: Outbox) -> Transport:
        self.path = outbox.path
        return outbox

    def arrived(self) -> list[bytes]:
        return [file.read_bytes() for file in (self.path / "new").glob("*")]


# ----------------------------------------------------------------------------------------------------- a mail program's view


def test_a_mail_program_opens_it_as_an_ordinary_maildir(outbox: Outbox) -> None:
    mails = [a_mail(subject=f"Letter {number}", to=f"reader{number}@example.org") for number in range(3)]
    for mail in mails:
        send(outbox, mail)
    box = mailbox.Maildir(outbox.path, create=False)
    assert len(box) == 3
    assert all(not read(box.get_bytes(key)).defects for key in box.keys())  # noqa: SIM118 - a Maildir is no dict
    assert sorted(box[key]["Subject"] for key in box.keys()) == ["Letter 0", "Letter 1", "Letter 2"]  # noqa: SIM118
    assert {each.name for each in outbox.path.iterdir()} == {"tmp", "new", "cur"}


def test_what_a_mail_program_does_with_a_mail_changes_nothing_of_what_is_known(outbox: Outbox) -> None:
    moved, deleted, edited = a_mail(), a_mail(), a_mail()
    for mail in (moved, deleted, edited):
        send(outbox, mail)
    name = f"{moved.delivery}.1"
    (outbox.path / "new" / name).rename(outbox.path / "cur" / f"{name}:2,S")
    (outbox.path / "new" / f"{deleted.delivery}.1").unlink()
    (outbox.path / "new" / f"{edited.delivery}.1").write_text("X-Status: R\n\n")
    assert [evidence(outbox, mail) for mail in (moved, deleted, edited)] == [Evidence.SENT] * 3
    shutil.rmtree(outbox.path)
    assert [evidence(outbox, mail) for mail in (moved, deleted, edited)] == [Evidence.SENT] * 3


def test_mails_are_their_owners_alone(folder: Path) -> None:
    old = os.umask(0o022)
    try:
        outbox = Outbox(folder / "outbox")
        send(outbox, a_mail())
        evidence(outbox, a_mail())
    finally:
        os.umask(old)
    for each in folder.rglob("*"):
        wanted = 0o700 if each.is_dir() else 0o600
        assert stat.S_IMODE(each.stat().st_mode) == wanted, each


def test_an_attempt_that_was_taken_away_keeps_no_word_of_its_mail(outbox: Outbox) -> None:
    mail = staged_only(outbox)
    assert evidence(outbox, mail) is Evidence.NOT_SENT
    assert [file.read_bytes()[:1] == file.read_bytes() for file in staging(outbox).iterdir()] == [True]


# ------------------------------------------------------------------------------------------------- whoever is killed when


def sending(outbox: Outbox, mail: Outgoing) -> Callable[[], Outcome]:
    """A process of its own that is about to send this mail."""
    return lambda: send(Outbox(outbox.path), mail)


def settling(outbox: Outbox, mail: Outgoing) -> Callable[[], Evidence]:
    """A process of its own that is about to ask what became of this mail."""
    return lambda: evidence(Outbox(outbox.path), mail)


def steps_of_sending(outbox: Outbox) -> range:
    return range(1, lines_of(FILE, sending(outbox, whole(outbox))) + 1)


def steps_of_settling(outbox: Outbox) -> range:
    return range(1, lines_of(FILE, settling(outbox, nothing(outbox))) + 1)


def test_killed_at_any_line_a_sending_is_afterwards_certain(outbox: Outbox) -> None:
    fates = set()
    for step in steps_of_sending(outbox):
        mail = small()
        assert was_killed(ended(fork(killed_at(FILE, step, sending(outbox, mail)))))
        there = is_there(outbox, mail)
        fate = evidence(outbox, mail)
        assert fate is (Evidence.SENT if there else Evidence.NOT_SENT), f"killed before step {step}"
        assert is_there(outbox, mail) is there
        assert evidence(outbox, mail) is fate
        fates.add(fate)
    assert fates == {Evidence.SENT, Evidence.NOT_SENT}


def test_killed_at_any_line_a_settling_can_be_done_again(outbox: Outbox) -> None:
    for prepare in (nothing, staged_only, whole):
        steps = lines_of(FILE, settling(outbox, prepare(outbox)))
        for step in range(1, steps + 1):
            mail = prepare(outbox)
            assert was_killed(ended(fork(killed_at(FILE, step, settling(outbox, mail)))))
            if prepare is whole:
                assert evidence(outbox, mail) is Evidence.SENT
            else:
                assert evidence(outbox, mail) is Evidence.NOT_SENT
                assert isinstance(send(outbox, mail), Unknown)
                assert not is_there(outbox, mail)


def small() -> Outgoing:
    return a_mail(text="x\n", html=None)


def nothing(_outbox: Outbox) -> Outgoing:
    return small()


def staged_only(outbox: Outbox) -> Outgoing:
    """A mail whose sender was killed between the ledger and the Maildir."""
    mail = whole(outbox)
    (outbox.path / "new" / f"{mail.delivery}.1").rename(staging(outbox) / f"{mail.delivery}.1")
    return mail


def whole(outbox: Outbox) -> Outgoing:
    mail = small()
    send(outbox, mail)
    return mail


# ------------------------------------------------------------------------------------------- two processes at the same time


def agree(outbox: Outbox, mail: Outgoing, outcome: Outcome, *found: Evidence) -> None:
    """Whatever the order of things was: everybody says the same, and it is what happened."""
    there = is_there(outbox, mail)
    assert set(found) == {Evidence.SENT if there else Evidence.NOT_SENT}
    assert isinstance(outcome, Accepted if there else Unknown)
    assert evidence(outbox, mail) is found[0]
    assert is_there(outbox, mail) is there


def test_a_sending_held_up_at_any_line_agrees_with_whoever_settles_it_meanwhile(outbox: Outbox) -> None:
    ends = set()
    for step in steps_of_sending(outbox):
        mail = small()
        held_up = Stepped(FILE, step, sending(outbox, mail))
        found = evidence(outbox, mail)
        agree(outbox, mail, held_up.finish(), found)
        ends.add(found)
    assert ends == {Evidence.SENT, Evidence.NOT_SENT}


def pairs(outbox: Outbox) -> Iterator[tuple[int, int]]:
    """Every step of a sending, each with a third of the steps of a settling, in turn; all pairs together would take a minute."""
    looks = steps_of_settling(outbox)
    return ((step, look) for step in steps_of_sending(outbox) for look in looks[step % 3 :: 3])


def test_a_settling_held_up_at_any_line_agrees_with_a_sending_held_up_at_any_other(outbox: Outbox) -> None:
    for step, look in pairs(outbox):
        mail = small()
        sender, settler = Stepped(FILE, step, sending(outbox, mail)), Stepped(FILE, look, settling(outbox, mail))
        outcome = sender.finish()
        agree(outbox, mail, outcome, settler.finish())


def test_two_who_settle_at_once_and_a_sender_between_them_agree(outbox: Outbox) -> None:
    for step, look in pairs(outbox):
        mail = small()
        settler, sender = Stepped(FILE, look, settling(outbox, mail)), Stepped(FILE, step, sending(outbox, mail))
        other = evidence(outbox, mail)
        outcome = sender.finish()
        agree(outbox, mail, outcome, other, settler.finish())


# ------------------------------------------------------------------------------------------------------- a disk in trouble


def test_a_line_cut_short_by_a_full_disk_spoils_neither_itself_nor_the_next(outbox: Outbox) -> None:
    send(outbox, a_mail(html=None, text="x\n"))
    ledger = outbox.path.with_name("outbox.ledger") / "sent"
    for room in range(1, 30):  # the note is 30 bytes; the mail itself, padded, must fit
        ledger.write_bytes(b"\n" * 2000)
        cut = a_mail(html=None, text="x\n")
        outcome = in_child(lambda cut=cut: send(outbox, cut), file_bytes=2000 + room)  # type: ignore[misc]
        assert outcome == Later("outbox: the folder does not answer", everyone=True) or outcome == Later(
            "outbox: the disk is full", everyone=True
        )
        assert not is_there(outbox, cut)
        following = a_mail()
        assert isinstance(send(outbox, following), Accepted)
        assert evidence(outbox, following) is Evidence.SENT
        assert evidence(outbox, cut) is Evidence.NOT_SENT


def test_a_mail_that_does_not_fit_is_for_later_and_goes_when_there_is_room(outbox: Outbox) -> None:
    mail = a_mail(text="long " * 2000)
    outcome = in_child(lambda: send(outbox, mail), file_bytes=4096)
    assert isinstance(outcome, Later)
    assert outcome.everyone
    assert evidence(outbox, mail) is Evidence.NOT_SENT
    assert isinstance(send(outbox, replace(mail, fence=2)), Accepted)


def test_killed_after_trouble_and_before_it_was_recorded_nothing_is_taken_for_sent(outbox: Outbox) -> None:
    """The note is in the ledger, the rename fails: what is told afterwards must not rest on the note alone."""
    mail = a_mail()
    send(outbox, a_mail())
    shutil.rmtree(outbox.path / "new")
    (outbox.path / "new").write_text("in the way")
    assert isinstance(send(outbox, mail), Later)
    (outbox.path / "new").unlink()
    assert evidence(outbox, mail) is Evidence.NOT_SENT


Trouble = Callable[[Path], None]


def read_only(folder: Path) -> None:
    folder.chmod(0o555)


def file_in_the_way(folder: Path) -> None:
    (folder / "outbox").write_text("not a folder")


def file_for_a_parent(folder: Path) -> None:
    (folder / "outbox").mkdir()
    (folder / "outbox" / "new").write_text("not a folder")


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (read_only, "the folder cannot be written to"),
        (file_in_the_way, "a file is where a folder should be"),
        (file_for_a_parent, "a file is where a folder should be"),
    ],
)
def test_a_folder_in_trouble_closes_the_door_for_everyone_in_words(folder: Path, trouble: Trouble, says: str) -> None:
    trouble(folder)
    outbox, mail = Outbox(folder / "outbox"), a_mail()
    outcome = in_child(lambda: send(outbox, mail), unprivileged=trouble is read_only)
    assert outcome == Later(f"outbox: {says}", everyone=True)
    found = in_child(lambda: evidence(outbox, mail), unprivileged=trouble is read_only)
    assert found is Evidence.NONE  # asked again when the disk answers, not settled on a guess


def test_a_folder_that_went_away_is_made_anew(outbox: Outbox) -> None:
    send(outbox, a_mail())
    shutil.rmtree(outbox.path)
    mail = a_mail()
    assert isinstance(send(outbox, mail), Unknown)
    assert evidence(outbox, mail) is Evidence.NOT_SENT
    assert isinstance(send(outbox, replace(mail, fence=2)), Accepted)
    shutil.rmtree(outbox.path)
    shutil.rmtree(outbox.path.with_name("outbox.ledger"))
    assert evidence(outbox, a_mail()) is Evidence.NOT_SENT
    assert isinstance(send(outbox, a_mail()), Accepted)


def test_a_mail_that_is_there_is_sent_even_if_the_folder_then_does_not_answer(folder: Path) -> None:
    outbox, mail = Outbox(folder / "outbox"), a_mail()

    def send_into_a_folder_that_cannot_be_read() -> Outcome:
        send(outbox, a_mail())
        (outbox.path / "new").chmod(0o300)
        return send(outbox, mail)

    folder.chmod(0o777)
    outcome = in_child(send_into_a_folder_that_cannot_be_read, unprivileged=True)
    assert is_there(outbox, mail)
    assert isinstance(outcome, Accepted)


def test_erasing_reaches_a_mail_programs_own_folders_and_the_ledger_and_nobody_elses_mail(outbox: Outbox) -> None:
    doomed, archived, other = (replace(a_mail(), delivery=name * 32) for name in "abc")
    for mail in (doomed, archived, other):
        send(outbox, mail)
    for name, mail in (("cur", doomed), (".Archive/cur", archived)):
        (outbox.path / name).mkdir(parents=True, exist_ok=True)
        attempt = f"{mail.delivery}.{mail.fence}"
        (outbox.path / "new" / attempt).rename(outbox.path / name / f"{attempt}:2,S")
    outbox.erase("reader@example.org", {doomed.delivery, archived.delivery})
    left = [file.name for file in outbox.path.rglob("*") if file.is_file()]
    assert left == [f"{other.delivery}.{other.fence}"]
    ledger = (outbox.path.parent / "outbox.ledger" / "sent").read_text()
    assert doomed.delivery not in ledger
    assert archived.delivery not in ledger
    assert evidence(outbox, other) is Evidence.SENT
    assert send(outbox, replace(a_mail(), delivery="d" * 32)) == Accepted(f"{'d' * 32}.{a_mail().fence}")
