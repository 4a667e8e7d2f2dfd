"""One replica: the app under uvicorn, which answers once TensorFlow is ready.

Run ``python -m deploy.serve``. What the app is set to stands in ``.streamlit/config.toml``, as
always; Streamlit's environment variables are ``streamlit run``'s, and do nothing here.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from streamlit.config import set_option

# Its learners go on elsewhere: nobody should wait long for a replica to stop.
SECONDS_TO_STOP = 5


@asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """Have TensorFlow imported, compiled and out of the garbage collector's sight.

    Only then does uvicorn listen, so that no proxy sends a learner to a replica that is not ready.
    """
    from core.cache import start_warm_up  # its caches want a running Streamlit

    await asyncio.to_thread(start_warm_up().join)
    yield


app = st.App(Path(__file__).parent.parent / "streamlit_app.py", lifespan=warm_up)


def main() -> None:
    """Serve until told to stop.

    uvicorn makes its own socket from the address. On one that is handed to it, as ``streamlit run``
    does, Nagle's algorithm stays on: some 40 ms a rerun.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="0.0.0.0", help="address to listen at")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument(
        "--behind-proxy",
        action="store_true",
        help="serve under every name: what stands before has looked at it",
    )
    options = parser.parse_args()
    if options.behind_proxy:
        set_option("server.allowedHosts", ["*"])
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        ws_per_message_deflate=st.get_option("server.enableWebsocketCompression"),
        access_log=False,
        log_config=None,  # Streamlit has set the loggers up; uvicorn's own would silence them
        timeout_graceful_shutdown=SECONDS_TO_STOP,
    )


if __name__ == "__main__":
    main()
