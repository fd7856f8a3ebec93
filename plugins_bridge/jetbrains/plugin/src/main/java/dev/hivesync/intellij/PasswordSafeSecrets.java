package dev.hivesync.intellij;

import com.intellij.credentialStore.CredentialAttributes;
import com.intellij.credentialStore.Credentials;
import com.intellij.ide.passwordSafe.PasswordSafe;
import dev.hivesync.core.SecretStore;
import java.util.Optional;

/** The IDE's own secret storage. It may ask the system's keychain, so it is never used on the UI thread. */
final class PasswordSafeSecrets implements SecretStore {

  @Override
  public Optional<String> read(String account) {
    return Optional.ofNullable(PasswordSafe.getInstance().getPassword(attributes(account)));
  }

  @Override
  public void write(String account, String secret) {
    Credentials credentials = secret == null ? null : new Credentials(account, secret);
    PasswordSafe.getInstance().set(attributes(account), credentials);
  }

  private static CredentialAttributes attributes(String account) {
    return new CredentialAttributes("IntelliJ Platform HiveSync — " + account);
  }
}
