package dev.hivesync.core.features;

import dev.hivesync.core.SecretStore;
import java.util.Optional;

/** Fails where a secret is asked for or stored: an agent holds the session, or an API key needs no storage. */
final class NoSecrets implements SecretStore {

  @Override
  public Optional<String> read(String account) {
    throw new IllegalStateException("asked for a secret");
  }

  @Override
  public void write(String account, String secret) {
    throw new IllegalStateException("stored a secret");
  }
}
