package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The proof is the one of `plugins_bridge/spec/vectors/proof.json`, which every client must give. */
class ProofTest {

  private static JsonObject vectors() throws IOException {
    Path file = Path.of(System.getProperty("hivesync.spec"), "vectors", "proof.json");
    return Json.objectOf(Files.readString(file));
  }

  @Test
  void everyVectorIsKept() throws IOException {
    String token = Json.text(vectors(), "token");
    List<JsonObject> cases = Json.objects(vectors(), "cases");
    assertFalse(cases.isEmpty());
    for (JsonObject each : cases) {
      String nonce = Json.text(each, "nonce");
      String proof = Proof.expected(token, nonce);
      assertEquals(Json.text(each, "proof"), proof);
      assertTrue(Proof.matches(proof, token, nonce));
      assertFalse(Proof.matches(proof, token + "x", nonce));
    }
  }

  @Test
  void nothingIsNoProof() {
    assertFalse(Proof.matches("", "token", Proof.newNonce()));
  }

  @Test
  void aNonceIsUsedOnce() {
    assertTrue(Proof.newNonce().matches("[0-9a-f]{64}"));
    assertNotEquals(Proof.newNonce(), Proof.newNonce());
  }
}
