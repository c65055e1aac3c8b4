"""The rate page: a range test."""

from mnistlab.ui import frame
from mnistlab.ui.rate import page as rate_page

frame.show(rate_page.show)
