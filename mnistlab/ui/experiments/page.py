"""The Experiments page: the list of all, or one that is open."""

from mnistlab.ui.experiments import gallery as experiment_gallery
from mnistlab.ui.experiments import view as experiment_view
from mnistlab.ui.session import state


def show() -> None:
    """Show the page."""
    name = state.experiment()
    if name is None:
        experiment_gallery.show()
    else:
        experiment_view.show(name)
