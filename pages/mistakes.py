"""The Mistakes page."""

from mnistlab.ui import frame, mistakes_page

frame.show(mistakes_page.show)
