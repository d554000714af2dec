"""Copying the client and the library into other projects: which files, and how they are put in place."""
