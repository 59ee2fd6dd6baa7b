"""Where the links in a mail lead."""

from dripcourse.demo import links

BASE = "http://127.0.0.1:8025"


def open_page(path: str) -> str:
    return f"/?mail=m&page={path}#page"


def test_a_link_to_our_own_pages_opens_in_the_demo():
    html = f'<head></head><a class="x" href="{BASE}/leave/t?a=1&amp;b=2">Leave</a>'
    assert '<a class="x" target="_top" href="/?mail=m&amp;page=/leave/t?a=1&amp;b=2#page">Leave</a>' in links.in_html(
        html, BASE, open_page
    )


def test_a_link_to_elsewhere_is_left_as_it_is_and_opens_in_a_new_tab():
    html = f'<html><head><title>x</title></head><a href="https://example.org/">there</a><a href="{BASE}0/">not ours</a>'
    shown = links.in_html(html, BASE, open_page)
    assert '<head><base target="_blank"><title>' in shown
    assert '<a href="https://example.org/">there</a>' in shown
    assert f'<a href="{BASE}0/">' in shown


def test_addresses_in_plain_text_become_links_without_the_full_stop_after_them():
    shown = links.in_text(f"Open {BASE}/confirm/a.b, or see (https://example.org/x). Bye", BASE, open_page)
    assert f'<a href="/?mail=m&amp;page=/confirm/a.b#page">{BASE}/confirm/a.b</a>, or' in shown
    assert '(<a href="https://example.org/x" target="_blank" rel="noopener">https://example.org/x</a>). Bye' in shown


def test_plain_text_stays_text():
    assert links.in_text("<b>&", BASE, open_page) == "&lt;b&gt;&amp;"
