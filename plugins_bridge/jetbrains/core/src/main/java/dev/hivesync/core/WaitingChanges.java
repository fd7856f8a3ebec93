package dev.hivesync.core;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The changes that the agent keeps on disk until the backend is back. Only looked at, never changed. */
final class WaitingChanges {

  private final Path folder;

  WaitingChanges(Path folder) {
    this.folder = folder;
  }

  /** Tell whether another change of the same thing waits, which this one must not overtake. */
  boolean hasEarlierThan(Call call) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.json")) {
      for (Path entry : entries) {
        if (isEarlier(entry, call)) {
          return true;
        }
      }
    } catch (IOException unreadable) {
      return false; // what can't be read holds nobody up; the agent will keep it aside
    }
    return false;
  }

  private static boolean isEarlier(Path entry, Call call) throws IOException {
    String content = new String(Files.readAllBytes(entry), StandardCharsets.UTF_8);
    // The first line is a checksum.
    JsonObject told = Json.objectOf(content.substring(content.indexOf('\n') + 1));
    String target = Json.text(told, "target").split("\\?", 2)[0];
    boolean isSettled = told.has("conflict") && !told.get("conflict").isJsonNull();
    return !isSettled && target.equals(call.resource()) && !Json.text(told, "key").equals(call.key().orElse(""));
  }
}
