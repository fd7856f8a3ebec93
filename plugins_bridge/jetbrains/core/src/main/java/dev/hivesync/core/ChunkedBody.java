package dev.hivesync.core;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body in chunks (RFC 9112 §7.1). One that ends early is a failure, never half an answer. */
final class ChunkedBody extends InputStream {

  private static final int LINE_MAX_BYTES = 8_192;

  private final InputStream input;
  private long left;
  private boolean isFirst = true;
  private boolean hasEnded;

  ChunkedBody(InputStream input) {
    this.input = input;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) {
      begin();
    }
    if (hasEnded) {
      return -1;
    }
    int count = input.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the body broke off");
    }
    left -= count;
    return count;
  }

  private void begin() throws IOException {
    if (hasEnded) {
      return;
    }
    if (!isFirst && !line().isEmpty()) {
      throw new IOException("a chunk without an end");
    }
    isFirst = false;
    String size = line().split(";", 2)[0].strip();
    if (!size.matches("[0-9A-Fa-f]{1,12}")) {
      throw new IOException("a chunk without a size");
    }
    left = Long.parseLong(size, 16);
    if (left == 0) {
      hasEnded = true;
      while (!line().isEmpty()) {
        continue; // trailers tell nothing that a client needs
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new EOFException("the body broke off");
      }
      if (line.length() > LINE_MAX_BYTES) {
        throw new IOException("a line without an end");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }
}
