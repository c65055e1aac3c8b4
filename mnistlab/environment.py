"""What the surroundings decide: folders and addresses, from environment variables.

Streamlit hands secrets on as environment variables, so these may stand there too.
"""

import os
import tempfile
from pathlib import Path


def home() -> Path:
    """Return the folder for runs and unpacked images: MNISTLAB_HOME or ~/.mnistlab."""
    named = os.environ.get("MNISTLAB_HOME")
    if named:
        return Path(named).expanduser()
    try:
        return Path.home() / ".mnistlab"
    except RuntimeError:  # nobody's home: a container without a user entry
        return Path(tempfile.gettempdir()) / "mnistlab"


def images_cache() -> Path:
    """Return the folder that MNIST is unpacked to."""
    return home() / "images"


def scheduler_address() -> str | None:
    """Return the address of an existing Dask scheduler, if one is to be used."""
    return os.environ.get("MNISTLAB_SCHEDULER") or None


def database_url() -> str | None:
    """Return the SQLAlchemy URL of an existing database, if one is to be used."""
    return os.environ.get("MNISTLAB_DATABASE") or None
