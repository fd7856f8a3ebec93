package com.intellij.openapi.progress;

import com.intellij.openapi.project.Project;
import dev.hivesync.host.Host;
import dev.hivesync.host.Screen;

/** The host's: see `dev.hivesync.host`. */
public abstract class Task {

  /** Work that has begun. */
  public record Started(String title) {}

  /** Runs in a thread of its own; what it does not catch is shown, as the IDE's fatal errors are. */
  public abstract static class Backgroundable extends Task {

    private final String title;

    public Backgroundable(Project project, String title, boolean canBeCancelled) {
      this.title = title;
    }

    public abstract void run(ProgressIndicator indicator);

    public final void queue() {
      Screen.show(new Started(title));
      Thread thread = new Thread(() -> run(indicator()), title);
      thread.setUncaughtExceptionHandler((of, failure) -> Screen.show(failure));
      thread.start();
    }

    private static ProgressIndicator indicator() {
      return Host.fake(ProgressIndicator.class, (proxy, method, arguments) ->
        method.getName().equals("isCanceled") ? false : null
      );
    }
  }
}
