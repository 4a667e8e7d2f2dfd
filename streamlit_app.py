"""Learning Rate Lab: the app that is served, and the list of its pages.

``streamlit run`` imports this file for the app; for each visit Streamlit runs it as a script.
"""

import streamlit as st

if __name__ != "__main__":
    from deploy import serving

    app = st.App(__file__, lifespan=serving.lifespan, middleware=serving.middleware())
else:
    from core.course.outline import COURSE
    from core.process import TensorFlowMissingError, after_script_run
    from lessons.state import address, progress, storage, visit
    from lessons.widgets import assist, reconnect
    from lessons.widgets.page import say_what_is_missing

    page = st.navigation(
        [
            st.Page(
                file, title=title + progress.mark(address), url_path=address, default=not address
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
    progress.arrive(page.url_path)
    # Low from the beginning: what loads in it would push the page down for a moment.
    kept = st.container(key="storage", height=1, border=False, gap=None)
    try:
        page.run()
    except TensorFlowMissingError as error:
        say_what_is_missing(error)
    finally:
        with kept:
            storage.keep()
            assist.keep()
            reconnect.go_on()
        address.write()
    after_script_run()
