"""The Experiments page."""

from mnistlab.ui.experiments import page as experiments_page

experiments_page.show()
