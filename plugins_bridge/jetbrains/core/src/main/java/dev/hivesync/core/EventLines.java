package dev.hivesync.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The lines of a stream, each as soon as it is whole. */
final class EventLines {

  private static final int LINE_MAX_BYTES = 16 * 1024 * 1024;

  private final InputStream input;
  private final byte[] buffer = new byte[65_536];
  private int next;
  private int end;
  private boolean wasReturn;

  EventLines(InputStream input) {
    this.input = input;
  }

  /** Give the next line without its end (LF, CRLF or CR), null at the stream's end. */
  String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int read = read();
      if (read < 0) {
        return null;
      }
      boolean endsPair = read == '\n' && wasReturn;
      wasReturn = read == '\r';
      if (endsPair) {
        continue;
      }
      if (read == '\n' || read == '\r') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(read);
      if (line.size() > LINE_MAX_BYTES) {
        throw new IOException("a line without an end");
      }
    }
  }

  private int read() throws IOException {
    if (next == end) {
      next = 0;
      end = input.read(buffer, 0, buffer.length);
      if (end <= 0) {
        end = 0;
        return -1;
      }
    }
    return buffer[next++] & 0xff;
  }
}
