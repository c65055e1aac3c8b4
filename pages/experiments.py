"""The Experiments page."""

from mnistlab.ui import frame
from mnistlab.ui.experiments import page as experiments_page

frame.show(experiments_page.show)
