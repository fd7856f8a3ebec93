package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.AgentUnusableException;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which project is meant: the one whose folder the file is in, as the agent has it linked. */
public final class Projects {

  private Projects() {}

  /** Find the project of a file; nothing if no linked folder holds it. */
  public static Optional<Project> of(Session session, Path file) throws HiveSyncException {
    try {
      return innermost(session.get("/v1/projects"), file);
    } catch (AgentUnusableException noAgent) {
      return Optional.empty();
    }
  }

  /** Of the linked projects whose folder holds the file, give the one that is nearest to it. */
  static Optional<Project> innermost(JsonObject told, Path file) {
    return Json.objects(told, "items")
      .stream()
      .flatMap(each ->
        rootOf(each)
          .map(root -> read(each, root))
          .stream()
      )
      .filter(project -> Project.isInside(file, project.root()))
      .max(Comparator.comparingInt(project -> project.root().getNameCount()));
  }

  /** Give all projects of the user, to choose from; `root`: the folder they would be taken for. */
  public static List<Project> all(Session session, Path root) throws HiveSyncException {
    return Pages.every(session, "/api/v1/projects")
      .stream()
      .map(told -> read(told, root))
      .toList();
  }

  /** Give its folder; nothing for one that this system can't name, as an agent elsewhere may have it. */
  private static Optional<Path> rootOf(JsonObject told) {
    try {
      return Optional.of(Path.of(Json.text(told, "root"))).filter(Path::isAbsolute);
    } catch (InvalidPathException ofAnotherSystem) {
      return Optional.empty();
    }
  }

  private static Project read(JsonObject told, Path root) {
    return new Project(Json.text(told, "id"), PlainText.line(Json.text(told, "name"), 100), root);
  }
}
