"""The Mistakes page."""

from mnistlab.ui import frame
from mnistlab.ui.mistakes import page as mistakes_page

frame.show(mistakes_page.show)
