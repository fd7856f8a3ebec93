package com.intellij.credentialStore;

/** A stub of the documented API: its signatures only. */
public final class Credentials {

  public Credentials(String user, String password) {
    throw new UnsupportedOperationException();
  }
}
