package dev.hivesync.intellij;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.util.Disposer;
import java.awt.BorderLayout;
import java.util.function.Consumer;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;

/** The phone's console. A text area: what an app prints can be nothing but text here. */
final class ConsolePanel extends JPanel {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 1_000_000;

  private final JTextArea text = PlainLabel.area("");

  ConsolePanel(Project project) {
    super(new BorderLayout());
    add(new JScrollPane(text), BorderLayout.CENTER);
    Consumer<String> reader = lines -> Background.onScreen(project, () -> append(lines));
    text.setText(HiveSync.get().console().read(reader));
    Disposable leaving = () -> HiveSync.get().console().leave(reader);
    Disposer.register(project, leaving);
  }

  private void append(String lines) {
    text.append(lines);
    int tooMany = text.getDocument().getLength() - SHOWN_CHARACTERS;
    if (tooMany > 0) {
      text.replaceRange("", 0, tooMany);
    }
    text.setCaretPosition(text.getDocument().getLength());
  }
}
