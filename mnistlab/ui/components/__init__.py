"""Parts of pages that look and behave the same wherever they stand."""
