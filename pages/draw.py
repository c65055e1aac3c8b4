"""The Draw page."""

from mnistlab.ui import frame
from mnistlab.ui.draw import page as draw_page

frame.show(draw_page.show)
