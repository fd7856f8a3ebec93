"""The signed-in user: tokens, sign-in, sign-out. The only room that sees a refresh token."""
