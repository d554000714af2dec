"""For the contract suite: the target, the wire to it, and the rules; with their own tests."""
