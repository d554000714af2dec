"""A program with the client and the library in its own code; `convirza vendor` puts them into `_vendor`."""
