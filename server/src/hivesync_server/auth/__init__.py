"""Who is who: accounts, sessions, tokens, device sign-in."""
