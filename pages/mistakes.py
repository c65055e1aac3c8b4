"""The Mistakes page."""

from mnistlab.ui.mistakes import page as mistakes_page

mistakes_page.show()
