"""How the app is served: the ASGI middleware between uvicorn and Streamlit, and its start and end.

``streamlit run streamlit_app.py`` finds the app in that file and serves it by uvicorn. A proxy may
send learners to several such processes; each is then started with ``-- --behind-proxy``.
"""

import asyncio
import base64
import gzip
import hashlib
import logging
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from fnmatch import fnmatchcase
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.cli_util import open_browser
from streamlit.config import set_option
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.server_util import get_display_address, get_url

from core import words
from core.course.opening import INTRODUCTIONS
from core.course.outline import COURSE, page_at
from deploy.addresses import in_the_network, is_number
from deploy.letters import others
from lessons.frontend import page_styles

TITLE = "Learning Rate Lab"
SECONDS_TO_STOP = 5  # a replica's learners continue on another
STATIC = Path(st.__file__).parent / "static"  # what Streamlit serves to every browser


def is_behind_proxy() -> bool:
    """Tell whether a proxy in front of this process checks the Host header."""
    return "--behind-proxy" in sys.argv


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Behind a proxy, start once TensorFlow is ready; else print the URL, and open the browser."""
    # Hide uvicorn's messages about its startup and shutdown.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    _limit_the_wait_at_the_end()
    if is_behind_proxy():
        from core.process import start_warm_up  # its caches need Streamlit's runtime

        await asyncio.to_thread(start_warm_up().join)
    else:
        _say_where()
    yield


def _limit_the_wait_at_the_end() -> None:
    """Set uvicorn's graceful shutdown timeout, so that a client that reads nothing cannot block it.

    ``streamlit run`` has no option for it, and does not expose the server; but the signal handler
    is a bound method of it.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.timeout_graceful_shutdown = SECONDS_TO_STOP


def _say_where() -> None:
    """Print the app's URLs. Streamlit's own message would ask a service for the external one."""
    here = get_url(get_display_address(st.get_option("server.address") or "localhost"))
    print(f"\n  {TITLE}: {here}", flush=True)
    for address in network_addresses()[:1]:
        print(f"  In your network:   {get_url(address)}", flush=True)
    print("  Stop it by Ctrl+C.\n", flush=True)
    if not st.get_option("server.headless"):
        open_browser(here)


def network_addresses() -> list[str]:
    """List the addresses by which others in the network can open the app, the likeliest first.

    Returns
    -------
    list of str
        Numeric addresses. Empty behind a proxy, whose address this process does not know, and if it
        listens on the loopback interface only or the machine is in no network.
    """
    only = st.get_option("server.address")
    if is_behind_proxy():
        return []
    return [one for one in in_the_network() if only in (None, "0.0.0.0", "::", one)]


def middleware() -> list[Middleware]:
    """List the middleware for every request, outermost first."""
    names = [*own_names(), *st.get_option("server.allowedHosts")]
    # Streamlit's allowedHosts can list names and suffixes, but not allow all numeric addresses. So
    # Door checks the Host header, and Streamlit's own check is turned off.
    set_option("server.allowedHosts", [])
    page = first_page(None, words.LANGUAGES[0])  # the scripts in it are those of all pages
    door = Middleware(Door, names=["*"] if is_behind_proxy() else names, policy=policy(page))
    return [door, Middleware(FirstVisit), Middleware(WholeRuns)]


def own_names() -> list[str]:
    """List this machine's names that nobody outside its network can make resolve to it."""
    name = socket.gethostname().split(".")[0].lower()
    return ["localhost", name, f"{name}.local"]


def is_called_by(host: str, names: list[str]) -> bool:
    """Tell whether a Host header is allowed: one of these names, or a numeric address.

    Another site can make its own name resolve to this machine (DNS rebinding), and its pages would
    then be of the same origin as ours. With a numeric address that is impossible.

    Parameters
    ----------
    host : str
        The request's Host header: the name, optionally with a port.
    names : list of str
        In lower case; ``*`` is a wildcard.
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises ValueError if it is invalid
    except ValueError:
        return False
    if parts.netloc != host or "@" in host:
        return False
    name = (parts.hostname or "").rstrip(".")
    return is_number(name) or any(fnmatchcase(name, pattern) for pattern in names if name)


REFUSED_NAME = f"""<!DOCTYPE html>
<html lang="en">
<meta name="color-scheme" content="light dark">
<title>{TITLE}</title>
<p>{TITLE} does not answer under this name, but under this machine's address in numbers (for example
http://192.168.1.7:8501), its own name and, on the machine itself, localhost; whoever runs it can
allow a name: <code>streamlit run streamlit_app.py --server.allowedHosts course.example.org</code>
</p>
"""


class Door:
    """Refuse requests with another Host or from another site's page; add security headers.

    Streamlit refuses the pages of other sites, too. But before it does, it queries an external
    service for its own address, and blocks all learners until the answer.
    """

    def __init__(self, app: ASGIApp, names: list[str], policy: str) -> None:
        self._app = app
        self._names = names
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        refusal = None if scope["type"] == "lifespan" else self._refusal(Headers(scope=scope))
        if scope["type"] == "http":
            await (refusal or self._app)(scope, receive, send_with_headers)
        else:
            await (WebSocketClose() if refusal else self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if not is_called_by(host, self._names):
            return HTMLResponse(REFUSED_NAME, status_code=421)
        origin = headers.get("origin", f"http://{host}")
        if urlsplit(origin).netloc != host and not _lets_in(origin):
            return Response("Only the course's own pages may ask for this.", status_code=403)
        return None


def _lets_in(origin: str) -> bool:
    """Tell whether Streamlit's settings allow another site's origin."""
    allowed = st.get_option("server.corsAllowedOrigins")
    return not st.get_option("server.enableCORS") or origin in allowed


def first_page(address: str | None, language: str) -> str:
    """Add the pages' styles to Streamlit's index.html, and what is shown until its scripts ran.

    These are the question and the first words of the page with that address; without one, the name
    of the course. The dark theme applies from the beginning. Translation by the browser is
    disabled, because it replaces text nodes that React keeps references to.
    """
    light, dark = map(_colours, ("light", "dark"))
    head = f"""<title>{TITLE}</title>
    <meta name="google" content="notranslate" />
    <style>
      {light}
      @media (prefers-color-scheme: dark) {{ {dark} }}
      #root > header {{
        max-width: 1132px; margin: 0 auto; padding: 3.6rem 1rem 0;
        font-family: "Source Sans", sans-serif; line-height: 1.6;
      }}
      #root > header h1 {{ margin: 0.6rem 0 0.3rem; font-size: 2rem; line-height: 1.2; }}
      #root > header p {{ max-width: 720px; margin: 0; }}
      @media (max-width: 640px) {{
        #root > header small {{ display: none; }}
        #root > header h1 {{ font-size: 1.4rem; }}
      }}
    </style>"""
    # At the end of the body its rules override Streamlit's; in index.html they apply to the first
    # paint, so that nothing shifts when they arrive.
    style = f"<style>{whole_fonts()}{page_styles()}</style>"
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    page = page.replace("</body>", f"{style}{later_scripts()}</body>")
    page = page.replace('<html lang="en">', '<html lang="en" translate="no">')
    page = page.replace("<title>Streamlit</title>", head)
    return page.replace('<div id="root">', f'<div id="root">{first_words(address, language)}')


def first_words(address: str | None, language: str) -> str:
    """Write a page's question and its first paragraph as HTML; else the name of the course."""
    if address is None:
        return f"<header><h1>{TITLE}</h1></header>"
    page = page_at(address)
    asked = words.plain(f"course.{page.name}_question", language)
    told = INTRODUCTIONS.get(page.name)
    text = "" if told is None else words.plain(told.section, language, **told.values)
    return f"<header><small>{TITLE}</small><h1>{escape(asked)}</h1><p>{_html(text)}</p></header>"


def whole_fonts() -> str:
    """Write the rules by which letters that the small fonts lack come from Streamlit's own."""
    rules = (STATIC / "static" / "css").glob("index.*.css")
    css = "".join(file.read_text(encoding="utf-8") for file in rules)
    return "".join(
        rule.replace("../media/", "./static/media/")
        .replace(".woff2)", f".woff2?{_WHOLE.decode()})")
        .replace("}", f";unicode-range:{others()}}}")
        for rule in re.findall(r"@font-face{[^}]*}", css)
        if any(f"/{name}." in rule for name in SMALL_FONTS if name.startswith("Source"))
    )


def _html(markdown: str) -> str:
    """Write a paragraph's emphasis as HTML; coloured words as plain ones."""
    text = re.sub(r":[a-z]+\[(.+?)\]", r"\1", escape(markdown))
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)


# What draws charts, and components such as our sliders. Streamlit's page asks for these only when
# it draws the first one.
_LATER = ("ArrowVegaLiteChart", "BidiComponent", "PageLink")


def later_scripts() -> str:
    """Write links to the scripts that all pages need soon, and what they import, for index.html."""
    folder, html = STATIC / "static" / "js", (STATIC / "index.html").read_text(encoding="utf-8")
    found: dict[str, None] = {}  # in the order in which they are found
    left = [file.name for start in _LATER for file in folder.glob(f"{start}.*.js")]
    while left:
        name = left.pop()
        if name in found or name in html:
            continue
        found[name] = None
        script = (folder / name).read_text(encoding="utf-8")
        left += re.findall(r'(?:from|import)"\./([^"]+\.js)"', script)
    return "".join(
        f'<link rel="modulepreload" fetchpriority="low" crossorigin href="./static/js/{name}">'
        for name in found
    )


def _colours(theme: str) -> str:
    background = st.get_option(f"theme.{theme}.backgroundColor")
    text = st.get_option(f"theme.{theme}.textColor")
    return f":root {{ background: {background} }} #root > header, noscript {{ color: {text} }}"


def policy(page: str) -> str:
    """Write the Content-Security-Policy of a page: same origin only, without ``unsafe-eval``.

    Streamlit uses Vega's expression interpreter, which does without eval. It loads a component's
    script (``lessons/frontend``) from ``blob:``; the hashes are those of inline scripts; styles are
    inserted at run time. No ``frame-ancestors``: other sites may embed the course.
    """
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'"
    )


# In place of Streamlit's: see fonts.py.
SMALL_FONTS = {file.stem: file for file in Path(__file__).with_name("fonts").glob("*.woff2")}
_WHOLE = b"whole"  # the query that asks for Streamlit's own


def _name(file: Path) -> str:
    """Return the name of one of Streamlit's files without its hash and its kind."""
    return file.name.partition(".")[0]


@cache
def _page(address: str | None, language: str, packs: bool) -> bytes:
    page = first_page(address, language).encode()
    return gzip.compress(page, mtime=0) if packs else page


@cache
def _file(file: Path, packs: bool) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0) if packs else file.read_bytes()


class FirstVisit:
    """Send the page, and Streamlit's scripts, styles and fonts, small: 1 MB instead of 3.9.

    Streamlit leaves that to a proxy, which a laptop does not have. Starlette's middleware would
    compress them again for every learner, which takes as long as some changes of a control.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._files = {
            f"/{file.relative_to(STATIC).as_posix()}": file
            for file in (STATIC / "static").rglob("*")
            if file.suffix in (".js", ".css") or _name(file) in SMALL_FONTS
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from memory, or pass it on."""
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        asked = Headers(scope=scope)
        packs = "gzip" in asked.get("accept-encoding", "")
        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packs else {})
        if re.fullmatch("/[a-z-]*", scope["path"]):  # Streamlit serves index.html for all pages
            language = words.language_for(asked.get("accept-language", "").partition(",")[0])
            address = scope["path"].strip("/")
            here = address if any(page.address == address for page in COURSE) else None
            headers |= {"Vary": "Accept-Encoding, Accept-Language", "Cache-Control": "no-cache"}
            return HTMLResponse(_page(here, language, packs), headers=headers)
        file = self._files.get(scope["path"])
        if file is None or scope["query_string"] == _WHOLE:
            return None
        # As Streamlit does for its static files, whose names contain a hash of their content.
        kept = {"Cache-Control": "public, immutable, max-age=31536000"}
        if small := SMALL_FONTS.get(_name(file)):
            return Response(_file(small, packs=False), media_type="font/woff2", headers=kept)
        kind = "text/css" if file.suffix == ".css" else "application/javascript"
        return Response(_file(file, packs), media_type=kind, headers=headers | kept)


MOST_SECONDS_HELD = 0.15
MOST_BYTES_OF_STATUS = 64  # longer messages are not read


class WholeRuns:
    """Send the messages of a script run to the browser all at once, when the run has ended.

    As they come, in several bursts, the browser goes through all elements of the page after each of
    them, and paints. A run that takes longer is sent in parts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on; hold back what is sent over a websocket."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        in_order = asyncio.Lock()
        sending: set[asyncio.Task[None]] = set()  # the event loop itself keeps no task alive
        timer: asyncio.TimerHandle | None = None

        async def send_held() -> None:
            async with in_order:
                while held:
                    await send(held.pop(0))

        async def send_held_late() -> None:
            with suppress(OSError):  # the browser has gone, which `receive` tells Streamlit
                await send_held()

        def be_late() -> None:
            sending.add(task := asyncio.create_task(send_held_late()))
            task.add_done_callback(sending.discard)

        async def hold(message: Message) -> None:
            nonlocal timer
            held.append(message)
            if message["type"] != "websocket.send" or _ends_run(message):
                if timer is not None:
                    timer.cancel()
                await send_held()
            elif len(held) == 1:
                timer = asyncio.get_running_loop().call_later(MOST_SECONDS_HELD, be_late)

        await self._app(scope, receive, hold)


def _ends_run(message: Message) -> bool:
    """Tell whether a message says that the script has stopped running."""
    data = message.get("bytes") or b""
    if len(data) > MOST_BYTES_OF_STATUS:
        return False
    said = ForwardMsg.FromString(data)
    return (
        said.HasField("session_status_changed")
        and not said.session_status_changed.script_is_running
    )
