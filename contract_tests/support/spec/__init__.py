"""For tests of the document and of the gates."""
