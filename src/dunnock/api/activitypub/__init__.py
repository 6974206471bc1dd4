"""What other servers ask: WebFinger, NodeInfo, host-meta."""
