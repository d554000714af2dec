"""What `tox run -e faults` puts into servers and clients, to prove that the suites see it."""
