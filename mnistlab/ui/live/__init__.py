"""Parts of pages that follow runs while they go on."""
