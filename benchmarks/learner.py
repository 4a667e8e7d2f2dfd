"""A learner without a browser: a websocket client that speaks Streamlit's own protocol.

It sends the messages of Streamlit's front end (Streamlit 1.67, whose protobufs are in the package),
and keeps the same state: the address, the page, the ids of the controls, and the messages the
server need not send again. It renders nothing, and does not fetch the front end's own files.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

# Slow answers are measured; one that never comes must not block the class.
MOST_SECONDS = 600


@dataclass(frozen=True)
class Control:
    """A control as the server announced it: its id, its fragment, its name in the address."""

    id: str
    fragment_id: str
    parameter: str


@dataclass
class Cached:
    """A message that the server need not send again, and how many runs ago it was used."""

    element: Element
    fragment_id: str
    age: int = 0


@dataclass
class Answer:
    """What a run of the page sent: its elements, the errors among them, and how long it took.

    Each of ``moments`` is when the element in the same place of ``elements`` came, in milliseconds.
    """

    elements: list[Element] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


class Learner:
    """One visit of one page.

    Parameters
    ----------
    address : str
        Where the app is served, for example ``http://127.0.0.1:8501``.
    page : str
        The path and query string, for example ``data?show=all``.
    """

    def __init__(self, socket: ClientConnection, address: str, page: str) -> None:
        path, _, query = page.partition("?")
        self._socket = socket
        self._page_name = path
        self._page_hash = ""
        self._query = parse_qsl(query)
        self._context = ContextInfo(
            timezone="UTC", locale="en-US", url=f"{address}/{path}", color_scheme="light"
        )
        self._controls: dict[str, Control] = {}
        self._cached: dict[str, Cached] = {}
        self._most_age = 0

    async def arrive(self) -> Answer:
        """Ask for the page, as a browser that has just loaded it."""
        return await self._ask(ClientState(page_name=self._page_name))

    async def change(self, control: str, kind: str, value: object) -> Answer:
        """Move a control.

        Parameters
        ----------
        control : str
            Its key.
        kind : str
            The field of ``WidgetState`` that such a control sets, for example ``string_value``.
        value : object
            What to set it to.
        """
        there = self._controls[control]
        if there.parameter:
            kept = [pair for pair in self._query if pair[0] != there.parameter]
            self._query = [*kept, (there.parameter, str(value))]
        state = WidgetState(id=there.id)
        field_ = getattr(state, kind)
        if isinstance(field_, Message):
            field_.data.extend(value if isinstance(value, list) else [value])
        else:
            setattr(state, kind, value)
        request = ClientState(page_script_hash=self._page_hash, fragment_id=there.fragment_id)
        request.widget_states.widgets.append(state)
        return await self._ask(request)

    async def _ask(self, request: ClientState) -> Answer:
        """Ask for a run of the page, and listen until it is over."""
        request.query_string = urlencode(self._query)
        request.context_info.CopyFrom(self._context)
        request.cached_message_hashes.extend(self._cached)
        answer = Answer()
        begin = time.perf_counter()
        async with asyncio.timeout(MOST_SECONDS):
            await self._socket.send(BackMsg(rerun_script=request).SerializeToString())
            is_over = False
            while not is_over:
                is_over = self._is_last(await self._hear(), answer)
                now = 1000 * (time.perf_counter() - begin)
                answer.moments += [now] * (len(answer.elements) - len(answer.moments))
        answer.milliseconds = 1000 * (time.perf_counter() - begin)
        self._age(request.fragment_id)
        return answer

    def _age(self, fragment_id: str) -> None:
        """Drop cached messages that recent runs of the page, or of that fragment, have not used."""
        for key, kept in list(self._cached.items()):
            if fragment_id in ("", kept.fragment_id):
                kept.age += 1
                if kept.age > self._most_age:
                    del self._cached[key]

    async def _hear(self) -> ForwardMsg:
        data = await self._socket.recv()
        assert isinstance(data, bytes)
        return ForwardMsg.FromString(data)

    def _is_last(self, message: ForwardMsg, answer: Answer) -> bool:
        """Process a message; tell whether it ends the run."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._most_age = message.new_session.config.max_cached_message_age
        elif kind == "page_info_changed":
            self._query = parse_qsl(message.page_info_changed.query_string)
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "ref_hash":
            kept = self._cached[message.ref_hash]
            kept.age = 0
            answer.elements.append(kept.element)
        elif kind == "delta":
            self._take_in(message, answer)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                answer.errors.append("the script does not compile")
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _take_in(self, message: ForwardMsg, answer: Answer) -> None:
        delta = message.delta
        kind = delta.WhichOneof("type")
        if kind == "add_block":
            self._note_control(delta.add_block, delta.fragment_id)
        elif kind == "new_element":
            element = delta.new_element
            answer.elements.append(element)
            if message.metadata.cacheable:
                self._cached[message.hash] = Cached(element, delta.fragment_id)
            if element.HasField("exception"):
                answer.errors.append(f"{element.exception.type}: {element.exception.message}")
            self._note_control(element, delta.fragment_id)

    def _note_control(self, holder: Message, fragment_id: str) -> None:
        """Store a control under its key, the end of its id; without a key, under its kind."""
        kind = holder.WhichOneof("type")
        content = getattr(holder, kind) if kind else None
        identity = getattr(content, "id", "")
        if isinstance(identity, str) and identity.startswith("$$ID-"):
            key = identity.split("-", 2)[2]
            parameter = getattr(content, "query_param_key", "")
            assert kind is not None
            self._controls[kind if key == "None" else key] = Control(
                identity, fragment_id, parameter
            )


@asynccontextmanager
async def visit(address: str, page: str) -> AsyncIterator[Learner]:
    """Connect as a browser does, and disconnect at the end."""
    socket = connect(
        f"ws://{urlsplit(address).netloc}/_stcore/stream",
        origin=address,  # type: ignore[arg-type] # a NewType of str
        subprotocols=["streamlit"],  # type: ignore[list-item] # as above
        max_size=None,
        open_timeout=MOST_SECONDS,
    )
    async with socket as connection:
        yield Learner(connection, address, page)
