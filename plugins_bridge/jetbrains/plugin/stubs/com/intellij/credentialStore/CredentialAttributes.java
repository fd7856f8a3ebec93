package com.intellij.credentialStore;

/** A stub of the documented API: its signatures only. */
public final class CredentialAttributes {

  public CredentialAttributes(String serviceName) {
    throw new UnsupportedOperationException();
  }
}
