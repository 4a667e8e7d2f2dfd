"""Learning Rate Lab: the app that is served, and the list of its pages.

``streamlit run`` imports this file for the app; for each visit Streamlit runs it as a script.
"""

import streamlit as st

if __name__ != "__main__":
    from core import serving

    app = st.App(__file__, lifespan=serving.lifespan, middleware=serving.middleware())
else:
    from core.cache import TensorFlowMissingError, after_script_run
    from lessons import _assist, _progress, _reconnect
    from lessons._layout import COURSE, say_what_is_missing
    from lessons.state import address, storage, visit

    page = st.navigation(
        [
            st.Page(
                file, title=title + _progress.mark(address), url_path=address, default=not address
            )
            for file, title, address, _ in COURSE
        ],
        position="top",
    )
    title = next(title for _, title, address, _ in COURSE if address == page.url_path)
    st.set_page_config(
        page_title=f"{title} · Learning Rate Lab" if page.url_path else "Learning Rate Lab",
        layout="wide",
    )
    visit.begin(address.read, page.url_path)
    _progress.arrive(page.url_path)
    # Low from the beginning: what loads in it would push the page down for a moment.
    kept = st.container(key="storage", height=1, border=False, gap=None)
    try:
        page.run()
    except TensorFlowMissingError as error:
        say_what_is_missing(error)
    finally:
        with kept:
            storage.keep()
            _assist.keep()
            _reconnect.go_on()
        address.write()
    after_script_run()
