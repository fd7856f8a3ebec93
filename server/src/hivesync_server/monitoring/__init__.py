"""What the operator's own programs watch: metrics, and the one token that opens them."""
