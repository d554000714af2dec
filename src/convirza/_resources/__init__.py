"""The methods that users call, one module for each tag of the document."""
