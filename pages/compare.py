"""The Compare page."""

from mnistlab.ui.compare import page as compare_page

compare_page.show()
