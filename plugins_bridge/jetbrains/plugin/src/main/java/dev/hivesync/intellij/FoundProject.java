package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.popup.JBPopupFactory;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Session;
import dev.hivesync.core.features.Projects;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** HiveSync's project of the IDE's project: the linked one, else one that the user chooses. */
final class FoundProject {
  private static final LineRenderer<dev.hivesync.core.features.Project> NAMES =
      new LineRenderer<>(dev.hivesync.core.features.Project.class, dev.hivesync.core.features.Project::name);

  private FoundProject() {}

  /** Find it and go on with it, on the UI thread. */
  static void then(Project project, Consumer<dev.hivesync.core.features.Project> next) {
    Path root = Path.of(project.getBasePath() == null ? System.getProperty("user.home") : project.getBasePath());
    Background.run(
        project,
        "Looking for the project",
        (connected, progress) -> found(connected.session(), root),
        found -> choose(project, found, next));
  }

  /** The project that the agent has linked with the folder, or else all that it may be. */
  private record Found(
      Optional<dev.hivesync.core.features.Project> linked, List<dev.hivesync.core.features.Project> all) {}

  private static Found found(Session session, Path root) throws HiveSyncException {
    Optional<dev.hivesync.core.features.Project> linked = Projects.of(session, root);
    return new Found(linked, linked.isPresent() ? List.of() : Projects.all(session, root));
  }

  private static void choose(
      Project project,
      Found found,
      Consumer<dev.hivesync.core.features.Project> next) {
    if (found.linked().isPresent()) {
      next.accept(found.linked().get());
    } else if (found.all().isEmpty()) {
      Balloon.tell(project, "You have no project yet. Request a preview first: that makes one.");
    } else {
      // Also if there is only one: it may be somebody else's, who would get to see the file.
      JBPopupFactory.getInstance()
          .createPopupChooserBuilder(found.all())
          .setTitle("Which Project of HiveSync?")
          .setRenderer(NAMES)
          .setItemChosenCallback(next::accept)
          .createPopup()
          .showCenteredInCurrentWindow(project);
    }
  }
}
