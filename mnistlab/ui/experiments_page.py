"""The Experiments page: all of them, or one in view."""

from mnistlab.ui import experiment_gallery, experiment_view, session


def show() -> None:
    """Show the page."""
    name = session.experiment()
    if name is None:
        experiment_gallery.show()
    else:
        experiment_view.show(name)
