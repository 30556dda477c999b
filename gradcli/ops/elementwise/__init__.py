"""Elementwise operations, one family a file; each file ends in its `TABLE`."""
