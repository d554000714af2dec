"""What all of the tests share: the document, and what it says of operations."""
