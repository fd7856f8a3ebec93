package dev.hivesync.core;

import java.util.Optional;

/** The IDE's secret storage. Used only where the `hivesync` command is missing. */
public interface SecretStore {
  Optional<String> read(String account);

  /** Keep the secret; null removes it. */
  void write(String account, String secret);
}
