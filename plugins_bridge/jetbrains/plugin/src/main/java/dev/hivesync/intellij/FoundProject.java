package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.project.ProjectManager;
import com.intellij.openapi.ui.popup.JBPopupFactory;
import com.intellij.openapi.util.Key;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Session;
import dev.hivesync.core.features.Projects;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** HiveSync's project of the IDE's project: the linked one, else one that the user chooses, once per window. */
final class FoundProject {

  private static final LineRenderer<dev.hivesync.core.features.Project> NAMES = new LineRenderer<>(
    dev.hivesync.core.features.Project.class,
    dev.hivesync.core.features.Project::name
  );

  private static final Key<dev.hivesync.core.features.Project> CHOSEN = Key.create("HiveSync.project");

  private FoundProject() {}

  /** Have the user asked anew which project it is. */
  static void forgetChoice(Project project) {
    project.putUserData(CHOSEN, null);
  }

  /** Forget the choices of all windows: another account has other projects. */
  static void forgetChoices() {
    for (Project project : ProjectManager.getInstance().getOpenProjects()) {
      forgetChoice(project);
    }
  }

  /** Find it and go on with it, on the UI thread. */
  static void then(Project project, Consumer<dev.hivesync.core.features.Project> next) {
    Path root = Path.of(project.getBasePath() == null ? System.getProperty("user.home") : project.getBasePath());
    Background.run(
      project,
      "Looking for the project",
      (connected, progress) -> found(connected.session(), root, project.getUserData(CHOSEN)),
      found -> choose(project, found, next)
    );
  }

  /** The project that the agent has linked with the folder or that was chosen, or else all that it may be. */
  private record Found(
    Optional<dev.hivesync.core.features.Project> known,
    List<dev.hivesync.core.features.Project> all
  ) {}

  private static Found found(Session session, Path root, dev.hivesync.core.features.Project chosen)
    throws HiveSyncException {
    Optional<dev.hivesync.core.features.Project> known = Projects.of(session, root).or(() ->
      Optional.ofNullable(chosen)
    );
    return new Found(known, known.isPresent() ? List.of() : Projects.all(session, root));
  }

  private static void choose(Project project, Found found, Consumer<dev.hivesync.core.features.Project> next) {
    if (found.known().isPresent()) {
      next.accept(found.known().get());
    } else if (found.all().isEmpty()) {
      Balloon.tell(project, "You have no project yet. Request a preview first: that makes one.");
    } else {
      // Also if there is only one: it may be somebody else's, who would get to see the file.
      JBPopupFactory.getInstance()
        .createPopupChooserBuilder(found.all())
        .setTitle("Which Project of HiveSync?")
        .setRenderer(NAMES)
        .setItemChosenCallback(chosen -> {
          project.putUserData(CHOSEN, chosen);
          next.accept(chosen);
        })
        .createPopup()
        .showCenteredInCurrentWindow(project);
    }
  }
}
