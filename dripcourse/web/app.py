"""The app: its rooms, its limits, its headers. Made by a function, from parts that were chosen elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from dripcourse.content.files import shipped
from dripcourse.services.parts import Clock, Parts
from dripcourse.web.context import Shell, day
from dripcourse.web.errors import add_error_pages
from dripcourse.web.filters import FILTERS
from dripcourse.web.form_tokens import FormTokens
from dripcourse.web.headers import add_headers
from dripcourse.web.hooks.sendgrid_events import webhooks
from dripcourse.web.hooks.sendgrid_inbound import inbound
from dripcourse.web.public.health import health
from dripcourse.web.public.limits import limit_signups
from dripcourse.web.public.pages import checked, public
from dripcourse.web.public.signup import signup
from dripcourse.web.reader.account import whole
from dripcourse.web.reader.diary import own
from dripcourse.web.reader.lessons import earlier
from dripcourse.web.reader.quarantine import waiting
from dripcourse.web.reader.routes import reader
from dripcourse.web.request_cleaning import FormRequest, in_form

FORM_BYTES = 100_000
"""No form of ours is larger."""
_BEATS = 10
_SCRIPTS = ("zone", "exit")


def create_app(
    parts: Parts,
    clock: Clock,
    *,
    trusted_proxies: int = 0,
    frame_ancestors: str = "'none'",
    tick_seconds: float = 10,
    trouble: Callable[[], str] = str,
) -> Flask:
    """The pages for these parts. `frame_ancestors` says who may show them in a frame; `trusted_proxies`, how many proxies are ours.

    `trouble` says what keeps a scheduler beside these pages from its work; '' if nothing does.
    """
    pages = shipped("templates") / "pages"
    app = Flask(
        "dripcourse", template_folder=str(pages), static_folder=str(pages / "static"), static_url_path="/static"
    )
    app.request_class = FormRequest
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect would repeat the Host that was sent
    app.extensions["dripcourse"] = Shell(
        parts, clock, FormTokens(parts.keys.form_keys(), clock), timedelta(seconds=_BEATS * tick_seconds), trouble
    )
    scripts = {name: (pages / f"{name}.js").read_text(encoding="utf-8").strip() for name in _SCRIPTS}
    _prepare_templates(app, pages, scripts)
    for room in (signup, reader, earlier, own, public, health, webhooks, inbound, waiting, whole):
        app.register_blueprint(room)
    limit_signups(app, "signup.ask", "whole.move")
    add_error_pages(app)
    tls = parts.rules.base_url.startswith("https:")
    add_headers(app, scripts=scripts.values(), frame_ancestors=frame_ancestors, tls=tls)
    app.wsgi_app = in_form(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if trusted_proxies:
        proxies = dict.fromkeys(("x_for", "x_proto", "x_host"), trusted_proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, **proxies)  # type: ignore[method-assign]
    return app


def _prepare_templates(app: Flask, pages: Path, scripts: dict[str, str]) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(FILTERS, day=day, checked=checked)
    versions = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in (pages / "static").iterdir()}
    env.globals.update(
        static=lambda name: url_for("static", filename=name, v=versions[name]),
        scripts={name: Markup(text) for name, text in scripts.items()},  # noqa: S704 - our own files
    )
