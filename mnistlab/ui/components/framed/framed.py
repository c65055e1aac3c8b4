"""Says that uploads need a tab of their own, where the page is in a frame of another site."""

from mnistlab.ui.components.own_root import declare

# The browser keeps Streamlit's XSRF cookie back from frames of other sites, so that the server
# refuses uploads with 403.
_component = declare(
    __file__,
    "<p hidden>This page is shown inside another site, where the browser lets no picture through. "
    '<a target="_blank" rel="noopener">Open it in a tab of its own</a></p>',
)


def show_notice_in_frame() -> None:
    """Show the notice with a link, in a frame only."""
    _component(key="framed")
