package dev.hivesync.core;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** An answer of HTTP/1.1 (RFC 9112) whose body is still to be read. Header names are in lower case. */
record Response(int status, Map<String, String> headers, InputStream body, boolean keepsOpen) {
  private static final int HEAD_MAX_BYTES = 131_072;

  /** Read an answer's head; answers that only announce another (1xx) are passed over. */
  static Response read(InputStream input, String method) throws IOException {
    while (true) {
      String[] lines = head(input).split("\r?\n");
      int status = status(lines[0]);
      Map<String, String> headers = headers(lines);
      if (status >= 200) {
        return of(status, headers, input, method);
      }
    }
  }

  private static Response of(int status, Map<String, String> headers, InputStream input, String method)
    throws IOException {
    boolean isEmpty = method.equals("HEAD") || status == 204 || status == 304;
    boolean isChunked = headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).endsWith("chunked");
    boolean closes = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
    if (isEmpty) {
      return new Response(status, headers, InputStream.nullInputStream(), !closes);
    }
    if (isChunked) {
      return new Response(status, headers, new ChunkedBody(input), !closes);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return new Response(status, headers, input, false);
    }
    if (!length.matches("[0-9]{1,15}")) {
      throw new IOException("a length that is no number");
    }
    return new Response(status, headers, new SizedBody(input, Long.parseLong(length)), !closes);
  }

  private static String head(InputStream input) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!endsHead(head)) {
      int next = input.read();
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      head.append((char) next);
      if (head.length() > HEAD_MAX_BYTES) {
        throw new IOException("a head without an end");
      }
    }
    return head.toString();
  }

  private static boolean endsHead(StringBuilder head) {
    int end = head.length();
    return end >= 4 && head.charAt(end - 1) == '\n' && head.charAt(end - 2) == '\r' && head.charAt(end - 3) == '\n';
  }

  private static int status(String line) throws IOException {
    if (!line.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
      throw new IOException("not HTTP");
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private static Map<String, String> headers(String[] lines) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int index = 1; index < lines.length; index++) {
      int colon = lines[index].indexOf(':');
      if (colon < 1) {
        throw new IOException("a header without a name");
      }
      String name = lines[index].substring(0, colon).toLowerCase(Locale.ROOT);
      String bytes = lines[index].substring(colon + 1).strip();
      headers.put(name, new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
    return headers;
  }
}
