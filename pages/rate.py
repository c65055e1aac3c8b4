"""The rate page: a range test."""

from mnistlab.ui.rate import page as rate_page

rate_page.show()
