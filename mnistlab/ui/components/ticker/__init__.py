"""What has a part of a page look again."""
