"""The Train page."""

from mnistlab.ui.train import page as train_page

train_page.show()
