"""The Draw page."""

from mnistlab.ui.draw import page as draw_page

draw_page.show()
