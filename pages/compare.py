"""The Compare page."""

from mnistlab.ui import frame
from mnistlab.ui.compare import page as compare_page

frame.show(compare_page.show)
