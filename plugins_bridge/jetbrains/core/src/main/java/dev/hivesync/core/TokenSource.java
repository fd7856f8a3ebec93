package dev.hivesync.core;

/** Where tokens for the backend come from when no agent runs. */
public interface TokenSource {
  /** An access token and for how many seconds it lasts. */
  record Token(String text, int lastsSeconds) {
    /** Check it: anything else than visible characters must not get into a header. */
    public Token {
      if (!text.matches("[!-~]+")) {
        throw new IllegalArgumentException("not a token");
      }
    }

    @Override
    public String toString() {
      return "Token";
    }
  }

  /** Ask for a new token; throw with `AUTH_REQUIRED` if nobody is signed in. */
  Token fetch() throws HiveSyncException;
}
