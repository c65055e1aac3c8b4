"""mnistlab: `streamlit run app.py`.

Streamlit uses this file twice: as a module, whose `app` starts with the server, and as the
script of each page.
"""

import streamlit as st
from starlette.middleware import Middleware

from mnistlab.ui import startup
from mnistlab.ui.style.first_paint import FirstPaint


def main() -> None:
    """Show the page that the URL names, inside the common frame."""
    from mnistlab.ui import frame, navigation

    st.set_page_config(page_title="mnistlab", page_icon=frame.ICON, layout="wide")
    frame.begin()
    page = st.navigation(navigation.make_pages(), position="top")
    frame.show_top(page)
    frame.run(page)
    startup.mark_page_shown()


if __name__ == "__main__":
    main()
else:
    middleware = [Middleware(FirstPaint)]
    app = st.App(__file__, lifespan=startup.prepare_server, middleware=middleware)
