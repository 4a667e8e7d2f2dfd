"""What the server accepts and serves, asked as a stranger would."""

import re
import uuid
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from benchmarks.measuring import find_free_port, running, streamlit_run
from deploy.serving import own_names
from tests.support.browser import Learners, Visit, Visits, status_of_session

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>[here](javascript:alert(3))"


def ask(address: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    body = b"x" if method in ("PUT", "POST") else None
    request = Request(address, data=body, method=method, headers=headers)
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as refusal:
        return refusal.code, dict(refusal.headers), refusal.read()


# What a browser sends whose page was loaded under that name: its own origin.
OUR_NAMES = ["localhost", "127.0.0.1", "192.168.1.7", "10.0.0.255", "[::1]", *own_names()[1:]]


@pytest.mark.parametrize("host", OUR_NAMES)
def test_the_machines_own_names_and_addresses_in_numbers_are_answered(
    server: str, host: str
) -> None:
    named = f"{host}:{urlsplit(server).port}"
    assert ask(server, Host=named)[0] == 200
    assert status_of_session(server, host=named) == 101


@pytest.mark.parametrize(
    "host", ["example.org", "example.org.", "localhost.example.org", "127.0.0.1.example.org", "7.a"]
)
def test_under_another_name_one_sentence_says_what_to_do(server: str, host: str) -> None:
    named = f"{host}:{urlsplit(server).port}"
    assert status_of_session(server, host=named) == 403
    for path in ("", "data", "_stcore/health", "_stcore/host-config"):
        status, _, body = ask(f"{server}/{path}", Host=named)
        assert status == 421
        assert b"does not answer under this name" in body
        assert b"--server.allowedHosts" in body


def test_a_visitor_under_another_name_reads_that_sentence(browser: Browser, server: str) -> None:
    page = browser.new_page()
    answer = page.goto(f"http://rebound.example.org:{urlsplit(server).port}/data")
    assert answer is not None
    assert answer.status == 421
    assert "does not answer under this name" in page.inner_text("p")
    page.close()


def test_a_name_that_was_allowed_is_answered_and_so_are_the_usual_ones() -> None:
    port = find_free_port()
    command = (*streamlit_run("streamlit_app.py", port), "--server.allowedHosts", "*.example.org")
    with running(command, port):
        for host, status in {
            "course.example.org": 101,
            "localhost": 101,
            "example.com": 403,
        }.items():
            assert status_of_session(f"http://127.0.0.1:{port}", host=f"{host}:{port}") == status


def test_another_sites_page_is_refused_before_streamlit_asks_who_it_is(server: str) -> None:
    upload = f"{server}/_stcore/upload_file/session/file"
    for origin in ("https://example.org", f"{server}.example.org", f"{server}1", "null"):
        assert status_of_session(server, origin) == 403
        status, _, body = ask(upload, "PUT", Origin=origin)
        assert (status, b"own pages" in body) == (403, True)
    assert b"own pages" not in ask(upload, "PUT", Origin=server)[2]  # it came without its token


@pytest.mark.parametrize("path", ["", "data", "nonsense", "_stcore/health", "favicon.png"])
def test_browsers_are_told_to_run_only_what_is_ours(server: str, path: str) -> None:
    _, headers, _ = ask(f"{server}/{path}")
    policy = headers["content-security-policy"]
    assert "script-src 'self' " in policy
    assert "'unsafe-eval'" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "x-frame-options" not in headers  # other sites may show the course


def test_evaluating_text_is_a_breach_and_would_be_heard(server: str, learners: Learners) -> None:
    tab = Visit(server, learners.come())
    tab.open("")
    with tab.page.expect_console_message():
        tab.page.evaluate("setTimeout('1')")
    (complaint,) = tab.complaints
    assert "Content Security Policy" in complaint


def test_another_site_cannot_read_what_the_server_says(server: str) -> None:
    for path in ("_stcore/health", "_stcore/host-config", ""):
        _, headers, _ = ask(f"{server}/{path}", Origin="https://example.org")
        allowed = headers.get("access-control-allow-origin")
        assert allowed not in ("*", "https://example.org"), path


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_an_upload_without_the_sessions_token_is_refused(server: str, method: str) -> None:
    path = f"_stcore/upload_file/{uuid.uuid4()}/{uuid.uuid4()}"
    status, _, _ = ask(f"{server}/{path}", method)
    assert status in (400, 403, 405)


@pytest.mark.parametrize(
    "path",
    [
        "core/cache.py",
        "requirements.txt",
        ".streamlit/config.toml",
        "static/../../../../etc/passwd",
        "static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "app/static/../core/cache.py",
        "media/../../core/cache.py",
        "component/x/../../core/cache.py",
        "_stcore/bidi-components/chart_sliders/../../core/cache.py",
    ],
)
def test_no_file_of_the_project_or_the_machine_is_served(server: str, path: str) -> None:
    _, _, body = ask(f"{server}/{path}")
    for secret in (b"root:", b"gatherUsageStats", b"def start_warm_up", b"tensorflow-cpu"):
        assert secret not in body


def test_the_agent_api_is_off(server: str) -> None:
    status, _, _ = ask(f"{server}/_stcore/agent/interact", "POST")
    assert status >= 400


def test_names_from_a_learners_file_are_words_and_nothing_else(visit: Visits) -> None:
    tab = visit("data?data=own")
    rows = "\n".join(f"{x},{2 * x + 1}" for x in range(5))
    tab.page.set_input_files(
        "input[type=file]",
        {"name": "x.csv", "mimeType": "text/csv", "buffer": f'"{HOSTILE}",=y\n{rows}'.encode()},
    )
    tab.page.get_by_text("5 points", exact=False).first.wait_for()
    tab.settle()
    inserted = tab.page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stMain] :is(img, script, a)")]
            .filter(e => /alert|^x$/.test(
                (e.getAttribute("src") ?? "") + (e.getAttribute("href") ?? "") + e.textContent))
            .map(e => e.outerHTML)"""
    )
    assert inserted == []
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Download the points").click()
    with open(download.value.path(), encoding="utf-8") as file:
        assert re.search(r",'=y$", file.readline().strip())


def test_inside_another_page_a_tab_of_its_own_takes_the_file(visit: Visits) -> None:
    tab = visit()
    teachers = f"{tab.server}/a-teachers-page"
    address = "data?data=own&points=1_2~2_3~3_5&names=hours&names=grade&embed=true"
    frame = f'<iframe src="/{address}" width="900" height="800"></iframe>'
    tab.page.route(teachers, lambda route: route.fulfill(body=frame, content_type="text/html"))
    tab.page.goto(teachers)
    inside = tab.page.frame_locator("iframe")
    link = inside.get_by_role("link", name="Open this page in a tab of its own")
    link.wait_for()
    assert not inside.locator("input[type=file]").count()
    with tab.page.expect_popup() as opened:
        link.click()
    alone = opened.value
    alone.get_by_text("3 points, grade against hours").wait_for()
    alone.set_input_files(
        "input[type=file]",
        {"name": "p.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n2,4\n3,5\n4,6\n"},
    )
    alone.get_by_text("4 points, b against a").wait_for()


def test_only_text_is_read_as_data(visit: Visits) -> None:
    pickled = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."
    tab = visit("data?data=own")
    for content, refusal in (
        (b"PAR1" + bytes(200) + b"PAR1", "The file is not text"),
        (pickled, "The file has only one column"),
        (b"ARROW1\0\0" + bytes(200), "The file is not text"),
    ):
        tab.page.set_input_files(
            "input[type=file]",
            # A name that the browser's own filter lets pass.
            {"name": "x.csv", "mimeType": "text/csv", "buffer": content},
        )
        tab.page.locator("[data-testid=stAlert]", has_text=refusal).wait_for()


@pytest.mark.parametrize("elsewhere", ["https://example.org", "http://192.0.2.1"])
def test_what_asks_for_something_elsewhere_is_refused_and_would_be_heard(
    server: str, learners: Learners, elsewhere: str
) -> None:
    tab = Visit(server, learners.come())
    tab.open("")
    tab.page.evaluate("address => { fetch(address).catch(() => {}); }", elsewhere)
    tab.until(lambda: bool(tab.complaints))
    assert elsewhere in tab.complaints[0]
    assert "Content Security Policy" in tab.complaints[0]
