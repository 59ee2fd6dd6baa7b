"""Anything at all, sent to any address: never a fault of ours."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Site

SEGMENTS = st.one_of(
    st.sampled_from(
        [
            "c",
            "slow-letters",
            "l",
            "01",
            "confirm",
            "leave",
            "me",
            "support",
            "privacy",
            "static",
            "pages.css",
            "readyz",
            "..",
        ]
    ),
    st.text(max_size=30),
)
FIELDS = st.dictionaries(
    st.sampled_from(["email", "perspective", "zone", "remark", "token", "do", "go", "never", "List-Unsubscribe"]),
    st.text(max_size=60),
    max_size=5,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SEGMENTS, max_size=5), FIELDS, st.dictionaries(st.sampled_from(["for", "x"]), st.text(max_size=20)))
def test_no_request_breaks_a_page(
    still_site: Site, segments: list[str], fields: dict[str, str], query: dict[str, str]
) -> None:
    path = "/" + "/".join(segments)
    number = next(still_site.visitors)
    asked = {"PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1")}  # as WSGI hands on what came
    sender = asked | {"REMOTE_ADDR": f"10.2.{number // 256 % 256}.{number % 256}"}
    for answer in (
        still_site.client.get("/", query_string=query, environ_overrides=asked),
        still_site.client.post("/", data=fields, environ_overrides=sender),
    ):
        assert answer.status_code in (200, 400, 404, 405, 429) or path.strip("/") == "readyz"
        assert "Set-Cookie" not in answer.headers
