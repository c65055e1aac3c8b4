"""mnistlab: `streamlit run app.py`."""

import streamlit as st

from mnistlab.ui import frame


def main() -> None:
    """Show the page that the URL names, inside the common frame."""
    st.set_page_config(page_title="mnistlab", page_icon="✏️", layout="wide")
    frame.begin()
    page = st.navigation(frame.pages(), position="top")
    frame.show_top()
    page.run()


if __name__ == "__main__":
    main()
