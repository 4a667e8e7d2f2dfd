"""Learning Rate Lab: the app that is served, and the list of its pages.

``streamlit run`` imports this file for the app; for each visit Streamlit runs it as a script.
"""

import streamlit as st

if __name__ != "__main__":
    from deploy import serving

    app = st.App(__file__, lifespan=serving.lifespan, middleware=serving.middleware())
else:
    from core import turns
    from core.course.outline import COURSE, page_at
    from core.process import TensorFlowMissingError, after_script_run
    from lessons.state import address, progress, storage, visit
    from lessons.widgets import assist, reconnect
    from lessons.widgets.course import title
    from lessons.widgets.page import say_what_is_missing
    from lessons.widgets.words import plain

    with turns.turn():
        script = st.navigation(
            [
                st.Page(
                    page.file,
                    title=title(page) + progress.mark(page.address),
                    url_path=page.address,
                    default=not page.address,
                )
                for page in COURSE
            ],
            position="top",
        )
        name, here = plain("course.name"), title(page_at(script.url_path))
        st.set_page_config(
            page_title=plain("shared.page_of_course", title=here, course=name)
            if script.url_path
            else name,
            layout="wide",
        )
        visit.begin(address.read, script.url_path)
        progress.note_page(script.url_path)
        # A fixed height, so that the page does not shift down while components load.
        components = st.container(key="storage", height=1, border=False, gap=None)
        try:
            script.run()
        except TensorFlowMissingError as error:
            say_what_is_missing(error)
        finally:
            with components:
                storage.keep()
                assist.draw()
                reconnect.rerun_when_connected_again()
            address.write()
        after_script_run()
