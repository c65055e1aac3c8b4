"""The rate page: a range test."""

from mnistlab.ui import frame, rate_page

frame.show(rate_page.show)
