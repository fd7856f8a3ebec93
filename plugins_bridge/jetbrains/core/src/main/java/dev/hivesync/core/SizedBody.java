package dev.hivesync.core;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body of a known length. One that ends early is a failure, never half an answer. */
final class SizedBody extends InputStream {

  private final InputStream input;
  private long left;

  SizedBody(InputStream input, long length) {
    this.input = input;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = input.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the body broke off");
    }
    left -= count;
    return count;
  }
}
