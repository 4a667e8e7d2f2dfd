"""Whether the replica on this machine answers: ``python deploy/healthy.py`` fails where not.

It reads the body, because the status is not enough: Streamlit sends its page, with status 200, for
unknown paths.
"""

import sys
from urllib.request import urlopen


def is_healthy(port: int = 8501) -> bool:
    """Ask a replica for its health.

    Parameters
    ----------
    port : int
        Where it listens, on this machine.

    Returns
    -------
    bool
        Whether it has said "ok" within three seconds.
    """
    try:
        with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=3) as answer:
            return answer.read() == b"ok"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not is_healthy(*map(int, sys.argv[1:])))
