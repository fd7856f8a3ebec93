package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies end where HTTP/1.1 says, and one that breaks off is a failure. */
class ResponseTest {

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String body(Response response) throws IOException {
    return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aConnectionIsReadAnswerByAnswer() throws IOException {
    InputStream input = bytes(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab" +
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\ncd\r\n1\r\ne\r\n0\r\nX: y\r\n\r\n" +
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nf"
    );
    assertEquals("ab", body(Response.read(input, "GET")));
    Response chunked = Response.read(input, "GET");
    assertEquals("cde", body(chunked));
    assertTrue(chunked.keepsOpen());
    assertEquals("", body(Response.read(input, "DELETE")));
    Response last = Response.read(input, "GET");
    assertEquals("f", body(last));
    assertFalse(last.keepsOpen());
  }

  @ParameterizedTest
  @ValueSource(
    strings = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab"
    }
  )
  void aBodyThatBreaksOffIsAFailure(String text) {
    assertThrows(IOException.class, () -> body(Response.read(bytes(text), "GET")));
  }

  @ParameterizedTest
  @ValueSource(
    strings = {
      "",
      "SSH-2.0-OpenSSH\r\n\r\n",
      "HTTP/1.1 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\n"
    }
  )
  void whatIsNoHttpIsAFailure(String text) {
    assertThrows(IOException.class, () -> Response.read(bytes(text), "GET"));
  }
}
