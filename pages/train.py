"""The Train page."""

from mnistlab.ui import frame
from mnistlab.ui.train import page as train_page

frame.show(train_page.show)
