"""Coming in: the sign-up page, and the page behind the confirmation mail."""

from flask import Blueprint, Response, request

from dripcourse.domain.course import UNSAID, Course
from dripcourse.domain.errors import NotFound
from dripcourse.domain.pacing import Pace
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.enrollment.missing_course import stand_in
from dripcourse.services.replies.transfer import Brought
from dripcourse.services.signup import confirm as signup_confirm
from dripcourse.services.signup import request as signup_request
from dripcourse.services.signup.confirm import Confirmation, Standing
from dripcourse.web.context import common_language, only_course, page, shell
from dripcourse.web.filters import plain
from dripcourse.web.form_tokens import Made
from dripcourse.web.forms import PURPOSE, SignupForm, said
from dripcourse.web.passphrase_errors import trouble
from dripcourse.web.zones import NOWHERE, zone_choices

signup = Blueprint("signup", __name__)


@signup.get("/")
def home() -> Response:
    """The course's sign-up page if there is one course, else all of them."""
    course = only_course()
    if course:
        return _signup_page(course, SignupForm(course, posted=False))
    courses = sorted(shell().parts.library.courses.values(), key=lambda each: each.title)
    return page("home.html", courses=courses, index=True)


@signup.get("/c/<cover>")
def show(cover: str) -> Response:
    """What a course is, and the form to ask for it."""
    course = course_or_404(cover)
    return _signup_page(course, SignupForm(course, posted=False))


@signup.post("/c/<cover>")
def ask(cover: str) -> Response:
    """Take a sign-up: the same answer for every address, and the same work."""
    course = course_or_404(cover)
    form = SignupForm(course, posted=True)
    made = shell().form_tokens.read(said(form.token), PURPOSE)
    if not form.validate():
        return _signup_page(course, form, status=400)
    if made in (Made.LONG_AGO, Made.ELSEWHERE):
        return _signup_page(course, form, status=400, stale=True)
    if not said(form.remark):  # a robot filled it: it gets the same page, and nothing is kept
        signup_request.request(shell().parts, _wish(course, form), shell().now)
    return _asked_page(course)


@signup.get("/confirm/<token>")
def confirm_page(token: str) -> Response:
    """The page behind the confirmation mail. Changes nothing, whoever opens it."""
    return _confirmation_page(signup_confirm.look_up(shell().parts, token, shell().now))


@signup.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """Say yes, or never again. Harmless if repeated."""
    parts, now = shell().parts, shell().now
    asked = signup_confirm.look_up(parts, token, now)
    if "never" in request.form:
        if signup_confirm.never_again(parts, token, now):
            return page("never.html", _course_of(asked))
        return page("old_link.html", _course_of(asked), found=asked, never=True)
    perspective = request.form.get("perspective", asked.perspective)  # a program that leaves it out changes nothing
    start_over = request.form.get("go") != "on"
    alone = request.form.get("alone") == "yes"
    brought: list[Brought | None] = []
    typed = request.form.get("phrase", "") if asked.words else ""
    if wrong := trouble(lambda: brought.append(signup_confirm.open_words(parts, token, typed, now))) if typed else None:
        return page("moving.html", _course_of(asked), status=wrong.status, found=asked, wrong=wrong)
    words = brought[0] if brought else None
    return _confirmation_page(
        signup_confirm.confirm(parts, token, perspective, now, start_over=start_over, alone=alone, words=words)
    )


def course_or_404(cover: str) -> Course:
    """The course of that cover or slug. Raises NotFound."""
    course = shell().parts.library.find(cover)
    if course is None:
        raise NotFound("There is no course by that name.")
    return course


def _signup_page(course: Course, form: SignupForm, *, status: int = 200, stale: bool = False) -> Response:
    parts = shell().parts
    sample = course.numbered(1) or course.lessons[0]
    return page(
        "signup.html",
        course,
        status=status,
        index=status == 200,
        form=form,
        stale=stale,
        wrong=form.wrong,
        consent=consent_words(course),
        form_token=shell().form_tokens.make(PURPOSE),
        regions=zone_choices(parts.library.words.language(course.language)),
        zone=said(form.zone) or NOWHERE,
        nowhere=NOWHERE,
        sample=sample,
        body=parts.renderer.page(course, sample, UNSAID),
        lessons=len(course.lessons) - 1,
        weeks=(len(course.lessons) - 1) * course.pace.elapsed.days // 7,
    )


def consent_words(course: Course) -> str:
    """What somebody says by pressing the button, word for word: it is kept as evidence."""
    words = shell().parts.renderer.words(course.language)["pages"]
    pace = words["pace"].get(course.pace, words["pace"][Pace.WEEKLY])
    return plain(words["signup"]["consent"], {"title": course.title, "pace": pace})


def _wish(course: Course, form: SignupForm) -> Wish:
    return Wish(
        address=said(form.email),
        course=course.slug,
        perspective=said(form.perspective) or None,
        zone=said(form.zone) or NOWHERE,
        how=How.PAGE,
        consent=consent_words(course),
    )


def _asked_page(course: Course) -> Response:
    """What to look for, and nothing of what was typed."""
    parts = shell().parts
    subject = parts.renderer.subject("confirm", course.language, pace=course.pace)
    return page("asked.html", course, sender=parts.rules.system_from, subject=subject)


def _confirmation_page(found: Confirmation) -> Response:
    course = _course_of(found)
    if found.standing is Standing.OPEN and course:
        return page("moving.html" if found.moving else "confirm.html", course, found=found, wrong=None)
    if found.standing is Standing.DONE and found.moving:
        return page("moved.html", course)
    if found.standing is Standing.PAST:
        return page("old_link.html", course, found=found, never=False)
    return page("confirmed.html" if found.standing is Standing.DONE else "expired.html", course)


def _course_of(found: Confirmation) -> Course | None:
    parts = shell().parts
    known = parts.library.find(found.course)
    return known or (stand_in(parts, found.course, common_language()) if found.moving else None)
