"""The Draw page."""

from mnistlab.ui import draw_page, frame

frame.show(draw_page.show)
