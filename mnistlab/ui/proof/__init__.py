"""Why runs went wrong, as far as it was tested: shared by pages."""
