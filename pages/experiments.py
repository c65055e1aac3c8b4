"""The Experiments page."""

from mnistlab.ui import experiments_page, frame

frame.show(experiments_page.show)
