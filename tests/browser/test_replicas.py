"""Two replicas behind nginx, as deploy/ has them: what is public, and what a dead one costs."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from benchmarks.measuring import ROOT, find_free_port, wait_until_healthy
from tests.support.browser import Learners, Visit, status_of_session

NGINX = os.environ.get("NGINX")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not NGINX, reason="nginx is not here: install Debian's package of that name, or set NGINX"
    ),
]
OURS = "course.example.com"
GRADIENT_STEPS = "gradient-steps?data=cars&lr=0.001&run=200x0.001"
LEARNING_RATES = "learning-rates?lrs=0.02&lrs=0.4&n=50&show=all"


def dockerfile(instruction: str) -> list[str]:
    """Read a command from the Dockerfile, to be run with this Python."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    line = re.search(rf"^{instruction}\b.*?(\[.*\])$", text, re.MULTILINE)
    assert line, instruction
    program, *arguments = json.loads(line[1])
    assert program == "python"
    return [sys.executable, *arguments]


def copy_into(image: Path) -> None:
    """Copy what .dockerignore lets into the image."""
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], image / line[1:]
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


def on_this_machine(port: int, replicas: dict[str, int]) -> str:
    """Write deploy/nginx.conf with other addresses, as many replicas as there are, and our name."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for number, replica in replicas.items():
        text = text.replace(f"172.30.85.1{number}:8501", f"127.0.0.1:{replica}")
    lines = [line for line in text.splitlines() if "172.30.85." not in line]
    text = "\n".join(lines).replace("listen 8080", f"listen 127.0.0.1:{port}")
    return text.replace("server_name ", f"server_name {OURS} ")


class Fleet:
    """The replicas, each started and asked for its health as in its container; nginx."""

    def __init__(self, folder: Path) -> None:
        self.image = folder / "app"
        self.image.mkdir()
        copy_into(self.image)
        self.ports = {number: find_free_port() for number in "12"}
        self.replicas = {number: self._start_replica(port) for number, port in self.ports.items()}
        self.nginx = self._start_nginx(folder / "nginx")

    def _start_replica(self, port: int) -> subprocess.Popen[bytes]:
        place = {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "STREAMLIT_SERVER_PORT": str(port)}
        return subprocess.Popen(
            dockerfile("CMD"),
            cwd=self.image,
            env={**os.environ, **place},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _start_nginx(self, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir()
        port = find_free_port()
        self.address = f"http://127.0.0.1:{port}"
        conf = folder / "nginx.conf"
        conf.write_text(on_this_machine(port, self.ports), encoding="utf-8")
        assert NGINX
        command = [NGINX, "-e", "stderr", "-p", f"{folder}/", "-c", str(conf), "-g"]
        # Started by root, it would go on as somebody who may not look into pytest's folder.
        user = "user root; " if os.getuid() == 0 else ""
        return subprocess.Popen([*command, f"{user}daemon off;"], stderr=subprocess.DEVNULL)

    def healthy(self, number: str) -> bool:
        command = [*dockerfile("HEALTHCHECK"), str(self.ports[number])]
        return subprocess.run(command, cwd=self.image, check=False).returncode == 0

    def wait(self) -> None:
        for number, process in self.replicas.items():
            wait_until_healthy(f"http://127.0.0.1:{self.ports[number]}", process)
        wait_until_healthy(self.address, self.nginx)

    def kill(self, number: str) -> None:
        self.replicas[number].send_signal(signal.SIGKILL)
        self.replicas[number].wait()

    def stop(self) -> None:
        for process in (*self.replicas.values(), self.nginx):
            process.terminate()
        for process in (*self.replicas.values(), self.nginx):
            process.wait()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    running = Fleet(tmp_path_factory.mktemp("fleet"))
    try:
        running.wait()
        yield running
    finally:
        running.stop()


def ask(
    address: str, method: str = "GET", data: bytes | None = None, **headers: str
) -> tuple[int, Message, bytes]:
    headers |= {"Accept-Encoding": "gzip", "Content-Type": "text/csv"}
    request = urllib.request.Request(address, data, headers, method=method)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        body = answer.read()
    packed = answer.headers["Content-Encoding"] == "gzip"
    return answer.status, answer.headers, gzip.decompress(body) if packed else body


def test_what_nobody_outside_needs_is_not_public(fleet: Fleet) -> None:
    behind = f"http://127.0.0.1:{fleet.ports['1']}/_stcore/metrics"
    assert b"# TYPE" in ask(behind)[2]
    for path in (
        "_stcore/metrics",
        "/_stcore/metrics",
        "%5fstcore/metrics",
        "static/../_stcore/metrics",
        "_stcore/metrics?families=active_sessions",
        "_stcore/agent/openapi.json",
        "_stcore/script-health-check",
    ):
        status, _, body = ask(f"{fleet.address}/{path}")
        assert (status, b"# TYPE" in body, b"openapi" in body) == (404, False, False), path


def test_scripts_come_compressed_and_documents_with_their_headers(fleet: Fleet) -> None:
    status, headers, page = ask(f"{fleet.address}/learning-rates")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    (policy,) = headers.get_all("Content-Security-Policy", [])
    assert "script-src 'self' " in policy
    assert headers.get_all("Referrer-Policy") == ["same-origin"]
    script = re.search(rb'src="\./(static/js/index\.[^"]+)"', page)
    assert script
    _, headers, body = ask(f"{fleet.address}/{script[1].decode()}")
    assert headers["Content-Encoding"] == "gzip"
    assert "immutable" in headers["Cache-Control"]
    assert len(body) > 100_000


def test_a_file_larger_than_the_app_takes_is_refused_before_it_gets_there(fleet: Fleet) -> None:
    address = f"{fleet.address}/_stcore/upload_file/session/file"
    within, beyond = bytes(5 * 2**20), bytes(5 * 2**20 + 1)
    assert ask(address, "PUT", within)[0] == 403  # the app's: it came without its token
    assert ask(address, "PUT", beyond)[0] == 413


def test_only_its_own_names_are_served(fleet: Fleet) -> None:
    port = urlsplit(fleet.address).port
    for host in (OURS, f"{OURS}:{port}", f"{OURS}.", "localhost", f"192.168.1.7:{port}", "[::1]"):
        assert ask(fleet.address, Host=host)[0] == 200, host
        assert status_of_session(fleet.address, host=host) == 101, host
    for host in ("example.org", f"x.{OURS}", f"{OURS}.example.org", "127.0.0.1.example.org"):
        assert ask(fleet.address, Host=host)[0] == 421, host
        assert status_of_session(fleet.address, host=host) == 421, host


def test_another_sites_page_is_refused_and_ours_is_not_though_tls_ends_before(
    fleet: Fleet,
) -> None:
    for origin in ("https://example.org", f"https://{OURS}.example.org", "null"):
        assert status_of_session(fleet.address, origin, OURS) == 403
    assert status_of_session(fleet.address, f"https://{OURS}", OURS) == 101


@pytest.fixture(scope="module")
def all_learners_there(fleet: Fleet, browser: Browser) -> Learners:
    return Learners(browser, fleet.address)


@pytest.fixture
def learn(fleet: Fleet, all_learners_there: Learners) -> Iterator[Callable[..., Visit]]:
    def new_visit(path: str) -> Visit:
        visit = Visit(fleet.address, all_learners_there.come())
        visit.open(path)
        return visit

    yield new_visit
    all_learners_there.leave()


def replica_of(visit: Visit) -> str:
    """Which replica the websocket ended at, as the browser was told."""
    cookies = {cookie["name"]: cookie for cookie in visit.page.context.cookies()}
    assert cookies["replica"]["httpOnly"]
    return cookies["replica"]["value"]


# The others are visited below.
@pytest.mark.parametrize(
    "path",
    [
        "loss-surface?show=all",
        "mistakes?mistake=plus&show=all",
        "hot-dog?trained=true&net_rates=0.2&units=8",
    ],
)
def test_every_page_works_under_the_content_security_policy(
    path: str, learn: Callable[..., Visit]
) -> None:
    visit = learn(path)
    assert visit.page.locator("[data-testid=stVegaLiteChart]").count()
    assert visit.complaints == []


def upload(visit: Visit) -> None:
    """Bring data of one's own, on the page Data: the file goes where the websocket ends."""
    visit.page.locator(".st-key-upload input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"x,y\n0,1\n1,3\n2,5\n3,8\n"}
    )
    visit.page.get_by_text("4 points").first.wait_for()


def test_who_uploads_too_often_has_to_wait_and_nobody_else(learn: Callable[..., Visit]) -> None:
    greedy, other = learn("data?data=own"), learn("data?data=own")
    with greedy.page.expect_request(re.compile("/_stcore/upload_file/")) as first:
        upload(greedy)
    address, token = first.value.url, first.value.headers["x-xsrftoken"]
    statuses = greedy.page.evaluate(
        """async ([address, token]) => {
            const statuses = [];
            for (let i = 0; i < 10; i++) {
                const body = new FormData();
                body.append("file", new Blob(["x,y"]), "x.csv");
                const headers = {"X-Xsrftoken": token};
                statuses.push((await fetch(address, {method: "PUT", body, headers})).status);
            }
            return statuses;
        }""",
        [address, token],
    )
    assert statuses == [204] * 9 + [429]
    upload(other)
    assert other.complaints == []


def test_learners_of_a_killed_replica_go_on_at_another(
    fleet: Fleet, learn: Callable[..., Visit]
) -> None:
    steps, rates, own = (
        [learn(path) for _ in range(2)]
        for path in (GRADIENT_STEPS, LEARNING_RATES, "data?data=own")
    )
    homes = {visit: replica_of(visit) for visit in (*steps, *rates, *own)}
    dead, alive = homes[steps[0]], homes[steps[1]]
    assert dead != alive
    assert {homes[visit] for visit in rates} == {dead, alive}
    for visit in own:
        upload(visit)

    fleet.kill(dead)
    for visit in homes:
        while replica_of(visit) != alive:
            visit.page.wait_for_timeout(50)
    for visit in steps:
        visit.page.get_by_role("button", name="Continue 200 steps").click()
        visit.page.wait_for_url(re.compile("run=200x0.001~200x0.001"))
    for visit in rates:
        visit.page.locator(".st-key-seed input").fill("1")
        visit.page.locator(".st-key-seed input").press("Enter")
        visit.page.wait_for_url(re.compile("seed=1"))
    for visit in homes:
        visit.settle()
        assert visit.complaints == []
    for visit in (steps[0], rates[homes[rates[1]] == dead]):
        fresh = learn(visit.page.url.removeprefix(f"{fleet.address}/"))
        assert visit.text() == fresh.text()
    assert (fleet.healthy(dead), fleet.healthy(alive)) == (False, True)

    # The other one is told to stop, and does not wait for its learners to leave.
    fleet.replicas[alive].terminate()
    assert fleet.replicas[alive].wait(timeout=10) == -signal.SIGTERM
