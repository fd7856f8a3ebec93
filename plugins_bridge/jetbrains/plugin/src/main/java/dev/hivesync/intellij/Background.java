package dev.hivesync.intellij;

import com.intellij.openapi.application.ApplicationManager;
import com.intellij.openapi.progress.ProgressIndicator;
import com.intellij.openapi.progress.Task;
import com.intellij.openapi.project.Project;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.features.Progress;
import java.util.function.Consumer;

/** Work off the UI thread, with the IDE's progress bar and its Cancel. */
public final class Background {

  private Background() {}

  /** What is to be done, in a thread where waiting is allowed. */
  public interface Work<T> {
    T done(Connected connected, Progress progress) throws HiveSyncException;
  }

  /** Do the work; then `show` gets what came of it, on the UI thread. A failure is shown as a balloon. */
  public static <T> void run(Project project, String title, Work<T> work, Consumer<T> show) {
    new Task.Backgroundable(project, "HiveSync: " + title, true) {
      @Override
      public void run(ProgressIndicator indicator) {
        indicator.setIndeterminate(true);
        try {
          T found = work.done(HiveSync.get().connected(), new Shown(indicator));
          onScreen(project, () -> show.accept(found));
        } catch (HiveSyncException failure) {
          onScreen(project, () -> Balloon.fail(project, failure));
        }
      }
    }.queue();
  }

  /** Do something on the UI thread, unless the project was closed meanwhile. */
  static void onScreen(Project project, Runnable action) {
    ApplicationManager.getApplication().invokeLater(() -> {
      if (project == null || !project.isDisposed()) {
        action.run();
      }
    });
  }

  private record Shown(ProgressIndicator indicator) implements Progress {
    @Override
    public void say(String what) {
      indicator.setText2(what);
    }

    @Override
    public boolean isCancelled() {
      return indicator.isCanceled();
    }
  }
}
