"""The demo's own pages: the reader's browser on one side, a mail program of sorts on the other, and a clock that can be turned."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from dripcourse.content.files import shipped
from dripcourse.demo import agenda, links, replying
from dripcourse.demo.clock import DemoHeart
from dripcourse.demo.glosses import GLOSSES
from dripcourse.demo.look import Look, View, read_look
from dripcourse.demo.scene import Stage
from dripcourse.domain.errors import DripError

TURNS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}

# allow-same-origin without allow-scripts: nothing in a mail can run, and the page may measure how long it is
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self';"
    f" sandbox {SANDBOX}"
)


def create_demo(stage: Stage, heart: DemoHeart) -> Flask:
    """The demo's pages as an app of its own, beside the product's, which stays as readers know it."""
    templates = shipped("templates") / "demo"
    app = Flask(__name__, template_folder=templates, static_folder=templates / "static", static_url_path="/demo/static")
    app.config["MAX_CONTENT_LENGTH"] = 200_000
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "View": View,
        "When": agenda.When,
        "glosses": GLOSSES,
        "sandbox": SANDBOX,
        "replying": replying,
    }
    app.jinja_env.filters |= {"day": agenda.day, "short_day": agenda.short_day, "hour": agenda.hour}
    _add_pages(app, stage)
    _add_clock(app, stage, heart)
    _add_replying(app, stage, heart)
    _add_manners(app)
    return app


def _add_pages(app: Flask, stage: Stage) -> None:
    base_url = stage.parts.rules.base_url

    @app.get("/")
    def page() -> str:
        scene = stage.scene(read_look(request.args))

        def open_page(path: str) -> str:
            return scene.look.url(page=path, at="page")

        text = links.in_text(scene.mail.text, base_url, open_page) if scene.mail else ""
        return render_template("page.html", scene=scene, look=scene.look, text=text)

    @app.get("/demo/mail/<key>")
    def mail(key: str) -> Response:
        found = stage.inbox.mail(key)
        if found is None:
            abort(404)
        here = read_look(request.args)
        now = stage.clock()  # what comes after the page that is opened now is new

        def open_page(path: str) -> str:
            return here.url(page=path, mail=key, since=now, at="page")

        html = links.in_html(found.html, base_url, open_page)
        return Response(html, headers={"Content-Security-Policy": _MAIL_POLICY})

    @app.get("/demo/look")
    def look_again() -> AnyResponse:
        # by way of this address, since a link to the very page one is on, at one of its parts, would load nothing anew
        return redirect(Look().url(at="mail"), 303)

    @app.get("/demo/pulse")
    def pulse() -> dict[str, object]:
        return {"pulse": stage.pulse(), "boxes": len(stage.inbox.boxes())}


def _add_clock(app: Flask, stage: Stage, heart: DemoHeart) -> None:
    @app.post("/demo/turn")
    def turn() -> AnyResponse:
        _only_from_here()
        by = TURNS.get(request.form.get("by", ""))
        if by is None:
            abort(400)
        look = replace(read_look(request.form), since=stage.clock())
        heart.turn(by)
        newest = stage.scene(look).arrived  # what came is opened; if nothing came, what was open stays so
        return redirect(look.url(mail=None if newest else look.mail, at="mail"), 303)


def _add_replying(app: Flask, stage: Stage, heart: DemoHeart) -> None:
    @app.post("/demo/reply")
    def reply() -> AnyResponse:
        _only_from_here()
        look = read_look(request.form)
        mail = stage.inbox.mail(look.mail or "")
        words = request.form.get("saying") or request.form.get("words", "")
        if mail is None or not words.strip():
            abort(400)
        now = stage.clock()
        replying.send(stage.parts, mail, words.replace("\r\n", "\n"), now)
        heart.tick()  # it would come with the next beat, a second later
        look = replace(look, view=View.RENDERED, since=now - timedelta(seconds=1))  # a Date header counts whole seconds
        answered = stage.scene(look).arrived
        return redirect(look.url(mail=None if answered else look.mail, at="kept"), 303)


def _only_from_here() -> None:
    """Another site's page has no business with this clock, nor with this mail."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)


def _add_manners(app: Flask) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(DripError)
    def could_not(error: DripError) -> tuple[str, int]:
        return render_template("sorry.html", says=str(error)), 503

    @app.errorhandler(HTTPException)
    def not_so(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        return render_template("sorry.html", says=_SORRY.get(code, _SORRY[400])), code


_SORRY = {
    400: "The demo does not know what was asked of it.",
    403: "That was asked from another site's page, so it was not done.",
    404: "There is no such thing in this demo. A demo that was started anew begins with an empty mailbox.",
    405: "The demo does not know what was asked of it.",
    500: "Something went wrong in the demo; its window may say more.",
}
