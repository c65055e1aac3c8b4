"""The Train page."""

from mnistlab.ui import frame, train_page

frame.show(train_page.show)
