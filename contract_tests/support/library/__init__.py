"""For tests of the library and of the generated client: servers, callers, clocks."""
