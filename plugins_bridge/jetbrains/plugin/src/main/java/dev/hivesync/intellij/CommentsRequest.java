package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.Comment;
import java.nio.file.Path;

/** Open Comments: those on the current file; a new one goes to the current line. */
public final class CommentsRequest {

  private CommentsRequest() {}

  /** `line` counts from 1. */
  public static void start(Project project, Path file, int line) {
    FoundProject.then(project, of -> {
      String relative = of.relative(file);
      if (relative.isEmpty()) {
        Balloon.tell(project, "This file is not in the folder of " + of.name() + ".");
      } else {
        CommentsPopup.show(project, of, Comment.Target.file(relative, line), relative);
      }
    });
  }
}
