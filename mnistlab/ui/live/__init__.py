"""Parts of pages that update while runs train."""
