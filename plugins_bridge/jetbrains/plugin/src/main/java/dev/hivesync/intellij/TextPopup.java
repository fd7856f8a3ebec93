package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.popup.JBPopupFactory;
import java.awt.BorderLayout;
import java.awt.Dimension;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;

/** A text to be read and copied: documentation, the doctor's report. */
public final class TextPopup {

  private TextPopup() {}

  public static void show(Project project, String title, String text) {
    JTextArea area = PlainLabel.area(text);
    JPanel panel = new JPanel(new BorderLayout());
    panel.setPreferredSize(new Dimension(720, 520));
    panel.add(new JScrollPane(area), BorderLayout.CENTER);
    JBPopupFactory.getInstance()
      .createComponentPopupBuilder(panel, area)
      .setTitle(title)
      .setMovable(true)
      .setRequestFocus(true)
      .createPopup()
      .showCenteredInCurrentWindow(project);
  }
}
