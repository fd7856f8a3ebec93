package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.features.DirectPreview;
import dev.hivesync.core.features.Preview;
import dev.hivesync.core.features.Previews;
import java.nio.file.Path;

/** Request Preview, Live Preview and Stop. */
public final class PreviewRequest {

  private PreviewRequest() {}

  /** Preview the project that the path is in, or the file alone where no agent runs. */
  public static void start(Project project, Path path, boolean live) {
    String platform = HiveSyncSettings.get().getState().platform;
    Background.run(
      project,
      live ? "Live preview" : "Preview",
      (connected, progress) ->
        Previews.isByAgent(connected.session(), live)
          ? Previews.request(connected.session(), path, live, platform, progress)
          : null,
      preview -> {
        if (preview == null) {
          FoundProject.then(project, of -> startDirect(project, of, path, platform));
        } else {
          show(project, preview);
        }
      }
    );
  }

  /** End the live preview; the phone keeps what it shows. */
  public static void stop(Project project) {
    Preview live = HiveSync.get().live();
    if (live == null) {
      Balloon.tell(project, "No live preview runs.");
      return;
    }
    Background.run(
      project,
      "Stopping the live preview",
      (connected, progress) -> {
        Previews.stop(connected.session(), live);
        return true;
      },
      done -> {
        HiveSync.get().stopped();
        Balloon.tell(project, "The live preview is stopped.");
      }
    );
  }

  /** Show the newest preview once more. */
  public static void showAgain(Project project) {
    Preview newest = HiveSync.get().newest();
    if (newest == null) {
      Balloon.tell(project, "There is no preview yet.");
    } else {
      PreviewPopup.show(project, newest);
    }
  }

  private static void startDirect(Project project, dev.hivesync.core.features.Project of, Path path, String platform) {
    Background.run(
      project,
      "Preview",
      (connected, progress) -> {
        DirectPreview direct = new DirectPreview(connected.session(), HiveSync.get().server(), connected.uploads());
        return Previews.requestDirect(connected.session(), direct, of, path, platform, progress);
      },
      preview -> show(project, preview)
    );
  }

  private static void show(Project project, Preview preview) {
    HiveSync.get().made(preview);
    if (preview.isReady() || preview.isLive()) {
      PreviewPopup.show(project, preview);
    } else {
      Balloon.fail(project, new HiveSyncException("PREVIEW_BUILD_FAILED", preview.failureWithPlace()));
    }
  }
}
