package dev.hivesync.intellij;

import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.wm.ToolWindow;
import com.intellij.openapi.wm.ToolWindowFactory;
import com.intellij.openapi.wm.ToolWindowManager;
import com.intellij.ui.content.Content;
import com.intellij.ui.content.ContentFactory;
import com.intellij.ui.content.ContentManager;
import javax.swing.JComponent;

/** The tool window, with a tab each for tasks, notifications and the phone's console. */
public final class Windows implements ToolWindowFactory, DumbAware {

  public static final String TASKS = "Tasks";
  public static final String NOTIFICATIONS = "Notifications";
  public static final String CONSOLE = "Phone Console";

  private static final String ID = "HiveSync";

  @Override
  public void createToolWindowContent(Project project, ToolWindow toolWindow) {
    ContentManager tabs = toolWindow.getContentManager();
    add(tabs, new TasksPanel(project), TASKS);
    add(tabs, new NewsPanel(project), NOTIFICATIONS);
    add(tabs, new ConsolePanel(project), CONSOLE);
  }

  /** Open the tool window with this tab in front. */
  public static void open(Project project, String tab) {
    ToolWindow window = ToolWindowManager.getInstance(project).getToolWindow(ID);
    if (window == null) {
      return; // the user has removed it
    }
    window.activate(() -> {
      Content content = window.getContentManager().findContent(tab);
      if (content != null) {
        window.getContentManager().setSelectedContent(content);
      }
    });
  }

  private static void add(ContentManager tabs, JComponent panel, String name) {
    tabs.addContent(ContentFactory.getInstance().createContent(panel, name, false));
  }
}
