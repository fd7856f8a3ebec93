package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which program is taken for the `hivesync` command, and what becomes of what it says. */
class HiveSyncCommandTest {

  @TempDir
  private Path home;

  private Path tools;

  @BeforeEach
  void makeFolders() throws IOException {
    tools = Files.createDirectories(home.resolve("tools"));
  }

  private static Path program(Path folder, String name, String script) throws IOException {
    Path path = Files.createDirectories(folder).resolve(name);
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    assertEquals(true, path.toFile().setExecutable(true));
    return path;
  }

  private HiveSyncCommand command(String search, String name, Places.System system) {
    return new HiveSyncCommand(Map.of("PATH", search), name, system, home);
  }

  private HiveSyncCommand command(String search) {
    return command(search, "hivesync", Places.System.LINUX);
  }

  @Test
  void itIsLookedForInWholeFoldersOnly() throws IOException {
    assertEquals(Optional.empty(), command("").find());
    Path found = program(tools, "hivesync", "exit 0");
    assertEquals(Optional.of(found), command("/nowhere:.:\0:" + tools).find());
    assertEquals(Optional.empty(), command(tools.getFileName().toString()).find());
    assertEquals(true, found.toFile().setExecutable(false));
    assertEquals(Optional.empty(), command(tools.toString()).find());
    Files.delete(found);
    Files.createDirectory(found);
    assertEquals(Optional.empty(), command(tools.toString()).find());
  }

  @Test
  void theUsersOwnFolderIsLookedIntoLast() throws IOException {
    Path own = program(home.resolve(".local/bin"), "hivesync", "exit 0");
    assertEquals(Optional.of(own), command("/nowhere").find());
    Path found = program(tools, "hivesync", "exit 0");
    assertEquals(Optional.of(found), command(tools.toString()).find());
  }

  @Test
  void windowsQuotesAFolderWithSpaces() throws IOException {
    Path found = program(home.resolve("Program Files"), "hivesync.exe", "exit 0");
    String search = '"' + found.getParent().toString() + '"';
    assertEquals(Optional.of(found), command(search, "hivesync", Places.System.WINDOWS).find());
    assertEquals(Optional.empty(), command(search).find());
  }

  @Test
  void theSettingsMayNameItByItsPath() throws IOException {
    Path found = program(tools, "hs", "exit 0");
    for (String name : new String[] { found.toString(), "~/tools/hs" }) {
      assertEquals(Optional.of(found), command("", name, Places.System.LINUX).find());
    }
    for (String name : new String[] { "tools/hs", "./hs", "~/tools", "/nowhere/\0" }) {
      assertEquals(Optional.empty(), command(tools.toString(), name, Places.System.LINUX).find(), name);
    }
  }

  private HiveSyncException failure(String script) throws IOException {
    program(tools, "hivesync", script);
    return assertThrows(HiveSyncException.class, () -> command(tools.toString()).run("token"));
  }

  @Test
  void whatItSaysIsTold() throws IOException, HiveSyncException {
    program(tools, "hivesync", "echo \"{\\\"said\\\": \\\"$*\\\"}\"");
    assertEquals("token --json", Json.text(command(tools.toString()).run("token"), "said"));
    program(tools, "hivesync", "echo '{\"findings\": []}'; exit 1");
    assertEquals(0, Json.objects(command(tools.toString()).run("doctor"), "findings").size());
  }

  @Test
  void whyItFailedIsTold() throws IOException {
    assertEquals(HiveSyncException.SIGNED_OUT, failure("exit 3").code());
    assertEquals(HiveSyncException.UNREACHABLE, failure("exit 4").code());
    HiveSyncException unknown = failure("echo no JSON; exit 1");
    assertEquals(HiveSyncException.INTERNAL, unknown.code());
    assertEquals("`hivesync token` ended with 1.", unknown.getMessage());
    HiveSyncException told = failure("echo '{\"code\": \"TIER_LIMIT\", \"detail\": \"Enough.\"}'; exit 1");
    assertEquals("TIER_LIMIT Enough.", told.code() + " " + told.getMessage());
    HiveSyncException missing = assertThrows(HiveSyncException.class, () -> command("").run("token"));
    assertEquals(HiveSyncException.SIGNED_OUT, missing.code());
  }
}
