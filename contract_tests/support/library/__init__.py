"""What only the tests of the library use."""
