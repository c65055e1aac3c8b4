"""The Compare page."""

from mnistlab.ui import compare_page, frame

frame.show(compare_page.show)
