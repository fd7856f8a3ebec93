package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.wm.StatusBar;
import com.intellij.openapi.wm.StatusBarWidget;
import com.intellij.util.Consumer;
import java.awt.Component;
import java.awt.event.MouseEvent;

/** Who is signed in, the tier, what is being made and what is unread. A click opens the tool window. */
final class StatusWidget implements StatusBarWidget, StatusBarWidget.TextPresentation {

  static final String ID = "HiveSync";

  private final Project project;

  StatusWidget(Project project) {
    this.project = project;
  }

  @Override
  public String ID() {
    return ID;
  }

  @Override
  public WidgetPresentation getPresentation() {
    return this;
  }

  @Override
  public void install(StatusBar statusBar) {
    HiveSync.get().watch(() -> statusBar.updateWidget(ID), this);
  }

  @Override
  public String getText() {
    return HiveSync.get().status().text();
  }

  @Override
  public float getAlignment() {
    return Component.LEFT_ALIGNMENT;
  }

  @Override
  public String getTooltipText() {
    return HiveSync.get().status().tooltip();
  }

  @Override
  public Consumer<MouseEvent> getClickConsumer() {
    return click -> Windows.open(project, Windows.NOTIFICATIONS);
  }

  @Override
  public void dispose() {
    // Its watch ends with it; it holds nothing else.
  }
}
