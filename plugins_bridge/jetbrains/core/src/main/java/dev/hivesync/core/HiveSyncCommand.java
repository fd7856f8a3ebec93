package dev.hivesync.core;

import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The `hivesync` command of this machine: it has the session, so that this plugin holds no credential. */
public final class HiveSyncCommand {

  private static final int SECONDS = 30;
  private static final int EXIT_SIGNED_OUT = 3;
  private static final int EXIT_OFFLINE = 4;

  private final Map<String, String> environment;
  private final String name;
  private final Places.System system;
  private final Path home;

  /** `name`: what the settings call it, a word or a path. It is never run through a shell. */
  public HiveSyncCommand(Map<String, String> environment, String name, Places.System system, Path home) {
    this.environment = environment;
    this.name = name;
    this.system = system;
    this.home = home;
  }

  /** Give the command's path. An IDE that was started from a desktop often knows less of PATH than a shell. */
  public Optional<Path> find() {
    if (name.contains("/") || name.contains(File.separator)) {
      String path = name.startsWith("~/") ? home + name.substring(1) : name;
      return pathOf(path).filter(Path::isAbsolute).filter(HiveSyncCommand::isProgram);
    }
    List<Path> folders = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      // Windows takes quotes around a folder for what they are, and so must whoever reads the list.
      pathOf(system == Places.System.WINDOWS ? folder.replace("\"", "") : folder).ifPresent(folders::add);
    }
    folders.add(home.resolve(".local/bin"));
    // A relative folder is one of the folder that the IDE was started in: it may be a project of strangers.
    folders.removeIf(folder -> !folder.isAbsolute());
    String file = system == Places.System.WINDOWS ? name + ".exe" : name;
    return folders
      .stream()
      .map(folder -> folder.resolve(file))
      .filter(HiveSyncCommand::isProgram)
      .findFirst();
  }

  private static Optional<Path> pathOf(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException noPath) {
      return Optional.empty();
    }
  }

  private static boolean isProgram(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }

  /** Run it with `--json` and give what it says; throw the failure that it tells of. */
  public JsonObject run(String... words) throws HiveSyncException {
    Path path = find().orElseThrow(HiveSyncCommand::missing);
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(words));
    command.add("--json");
    Finished finished = finish(command);
    JsonObject told = Json.objectOf(finished.output);
    // `doctor` ends with 1 when it has found something, which is what it was asked for.
    if (finished.exitCode == 0 || told.has("findings")) {
      return told;
    }
    throw failure(words[0], finished.exitCode, told);
  }

  static HiveSyncException missing() {
    return new HiveSyncException(
      HiveSyncException.SIGNED_OUT,
      "The hivesync command was not found. Install HiveSync, or name the command in Settings | Tools | HiveSync."
    );
  }

  private record Finished(int exitCode, String output) {}

  private Finished finish(List<String> command) throws HiveSyncException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> outputOf(process));
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new OfflineException("The hivesync command took too long.");
      }
      return new Finished(process.exitValue(), output.join());
    } catch (IOException unusable) {
      throw new HiveSyncException(HiveSyncException.INTERNAL, "The hivesync command can't be started.");
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new OfflineException("It was cancelled.");
    }
  }

  private static String outputOf(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException killed) {
      return "";
    }
  }

  private static HiveSyncException failure(String word, int exitCode, JsonObject told) {
    String detail = Json.text(told, "detail");
    if (detail.isEmpty()) {
      detail = "`hivesync " + word + "` ended with " + exitCode + ".";
    }
    if (exitCode == EXIT_OFFLINE) {
      return new OfflineException(detail);
    }
    String code = exitCode == EXIT_SIGNED_OUT ? HiveSyncException.SIGNED_OUT : Json.text(told, "code");
    return new HiveSyncException(code.isEmpty() ? HiveSyncException.INTERNAL : code, detail);
  }
}
