package dev.hivesync.core;

import java.io.IOException;
import java.io.InputStream;

/** Reads an answer's body to its end, up to what an editor can take. */
final class WholeBody {

  /** As much as the agent takes of a backend's answer: nobody means to show more of it. */
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private WholeBody() {}

  static byte[] read(InputStream body) throws IOException, HiveSyncException {
    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new HiveSyncException(HiveSyncException.TOO_LONG, "The answer is longer than an editor can take.");
    }
    return bytes;
  }
}
