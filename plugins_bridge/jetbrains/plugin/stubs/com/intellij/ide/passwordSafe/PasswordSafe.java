package com.intellij.ide.passwordSafe;

import com.intellij.credentialStore.CredentialAttributes;
import com.intellij.credentialStore.Credentials;

/** A stub of the documented API: its signatures only. */
public abstract class PasswordSafe {

  public static PasswordSafe getInstance() {
    throw new UnsupportedOperationException();
  }

  public abstract String getPassword(CredentialAttributes attributes);

  public abstract void set(CredentialAttributes attributes, Credentials credentials);
}
