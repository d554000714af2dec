"""What the contract suite shares: the document, the target, the wire to it, and the rules."""
