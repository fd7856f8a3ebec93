package dev.hivesync.intellij;

import com.intellij.codeInsight.daemon.DaemonCodeAnalyzer;
import com.intellij.openapi.application.ApplicationManager;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.project.ProjectManager;
import dev.hivesync.core.features.BuildError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the last build of each preview says. A later one of the same preview replaces it. */
public final class BuildErrors {

  private final Map<String, List<BuildError>> ofPreview = new ConcurrentHashMap<>();

  /** Keep these of a preview instead of the earlier ones, and have the editors looked through anew. */
  void replace(String preview, List<BuildError> errors) {
    List<BuildError> before = errors.isEmpty() ? ofPreview.remove(preview) : ofPreview.put(preview, errors);
    if (!errors.equals(before == null ? List.of() : before)) {
      ApplicationManager.getApplication().invokeLater(BuildErrors::restart);
    }
  }

  void clear() {
    ofPreview.clear();
    ApplicationManager.getApplication().invokeLater(BuildErrors::restart);
  }

  /** Give those of a file, by its whole path. */
  List<BuildError> of(String path) {
    return ofPreview
      .values()
      .stream()
      .flatMap(List::stream)
      .filter(error -> error.path().equals(path))
      .toList();
  }

  private static void restart() {
    for (Project project : ProjectManager.getInstance().getOpenProjects()) {
      DaemonCodeAnalyzer.getInstance(project).restart();
    }
  }
}
