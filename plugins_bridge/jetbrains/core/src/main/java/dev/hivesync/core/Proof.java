package dev.hivesync.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What only the agent can know: the hex HMAC-SHA256 of a nonce under its token. */
public final class Proof {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 32;

  private Proof() {}

  public static String newNonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  public static String expected(String token, String nonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(nonce.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java has HmacSHA256.", impossible);
    }
  }

  /** Compare in constant time. */
  public static boolean matches(String claimed, String token, String nonce) {
    byte[] wanted = expected(token, nonce).getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(claimed.getBytes(StandardCharsets.UTF_8), wanted);
  }
}
