"""A reply is laid beside the very mail that went out."""

from pathlib import Path

from sqlalchemy import select

from dripcourse.db.models import Delivery, LessonText
from dripcourse.services.messages.sent import whole
from tests.support.house import open_house


def test_the_mail_that_a_reply_is_laid_beside_is_the_one_that_went_out(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        house.tick()
        house.turn(days=3)
        house.tick()
        house.turn(days=7)
        house.tick()
        mails = house.mails()
        assert len(mails) == 3
        with house.parts.db.read() as session:
            for mail in mails:
                delivery = session.get_one(Delivery, str(mail["Message-ID"]).strip("<>").split("@")[0])
                said = session.scalars(select(LessonText).where(LessonText.hash == delivery.lesson_text)).one()
                plain = mail.get_body(("plain",))
                assert plain is not None
                assert whole(house.parts, session, delivery, said) == plain.get_content().replace("\r\n", "\n")
                assert "\n-- \n" in whole(house.parts, session, delivery, said)


def test_without_its_lesson_the_words_are_what_was_kept(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        house.tick()
        with house.parts.db.read() as session:
            delivery = session.scalars(select(Delivery).where(Delivery.lesson_text.is_not(None))).one()
            said = session.scalars(select(LessonText)).one()
            session.expunge(delivery)
            delivery.lesson = "no-longer-there"
            assert whole(house.parts, session, delivery, said) == said.text
