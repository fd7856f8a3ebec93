package dev.hivesync.intellij;

import com.intellij.ide.BrowserUtil;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.Messages;
import dev.hivesync.core.features.PlainText;
import dev.hivesync.core.features.SignIn;
import java.net.URI;

/** Log In and Log Out. The plugin never sees a password. */
public final class Account {

  private Account() {}

  public static void logIn(Project project) {
    SignIn.Prompt prompt = (code, link) -> Background.onScreen(project, () -> show(project, code, link));
    Background.run(
      project,
      "Logging in",
      (connected, progress) -> new SignIn(connected, HiveSync.get().server()).in(prompt, progress),
      name -> {
        Balloon.tell(project, "Signed in as " + PlainText.line(name, 40) + ". Every editor on this machine is.");
        HiveSync.get().refreshSoon();
      }
    );
  }

  /** Ask once, since it signs every editor out. */
  public static void logOut(Project project) {
    String question = "Sign every editor on this machine out of HiveSync?";
    int chosen = Messages.showOkCancelDialog(
      project,
      question,
      "HiveSync",
      "Log Out",
      "Cancel",
      Messages.getQuestionIcon()
    );
    if (chosen != Messages.OK) {
      return;
    }
    Background.run(
      project,
      "Logging out",
      (connected, progress) -> {
        new SignIn(connected, HiveSync.get().server()).out();
        return true;
      },
      done -> {
        Balloon.tell(project, "Signed out.");
        HiveSync.get().accountChanged();
      }
    );
  }

  private static void show(Project project, String code, String link) {
    if (!link.isEmpty()) {
      BrowserUtil.browse(URI.create(link));
    }
    Balloon.tell(project, "Confirm this code in your browser: " + code);
  }
}
