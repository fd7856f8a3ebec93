package dev.hivesync.intellij;

import com.intellij.ide.BrowserUtil;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.popup.JBPopupFactory;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.features.Links;
import dev.hivesync.core.features.PlainText;
import dev.hivesync.core.features.Preview;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.FlowLayout;
import java.awt.Toolkit;
import java.awt.datatransfer.StringSelection;
import java.net.URI;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JButton;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.SwingConstants;

/** The preview's code for the phone, and its link. */
final class PreviewPopup {

  private PreviewPopup() {}

  static void show(Project project, Preview preview) {
    JPanel panel = panel(project, preview);
    JBPopupFactory.getInstance()
      .createComponentPopupBuilder(panel, panel)
      .setTitle("HiveSync Preview")
      .setMovable(true)
      .setRequestFocus(true)
      .createPopup()
      .showCenteredInCurrentWindow(project);
  }

  static JPanel panel(Project project, Preview preview) {
    JPanel panel = new JPanel(new BorderLayout(8, 8));
    panel.setBorder(BorderFactory.createEmptyBorder(12, 16, 12, 16));
    panel.add(PlainLabel.of(preview.title()), BorderLayout.NORTH);
    panel.add(code(preview), BorderLayout.CENTER);
    panel.add(below(project, preview), BorderLayout.SOUTH);
    return panel;
  }

  private static JLabel code(Preview preview) {
    if (preview.qrPng().length == 0) {
      return PlainLabel.of("The agent draws a code for your phone; it does not run.");
    }
    JLabel code = new JLabel(new ImageIcon(preview.qrPng()), SwingConstants.CENTER);
    // Cameras read dark on light, whatever the theme.
    code.setOpaque(true);
    code.setBackground(Color.WHITE);
    code.getAccessibleContext().setAccessibleName("QR code of the preview's link");
    return code;
  }

  private static JPanel below(Project project, Preview preview) {
    JPanel rows = new JPanel(new BorderLayout(4, 4));
    rows.add(PlainLabel.of(hint(preview)), BorderLayout.NORTH);
    if (!preview.skipped().isEmpty()) {
      String names = String.join(", ", preview.skipped());
      rows.add(PlainLabel.of("Left out, since they may hold secrets: " + names), BorderLayout.CENTER);
    }
    JPanel buttons = new JPanel(new FlowLayout(FlowLayout.CENTER, 8, 0));
    JButton open = new JButton("Open in the Browser");
    open.addActionListener(click -> open(project, preview));
    JButton copy = new JButton("Copy the Link");
    copy.addActionListener(click -> copy(project, preview));
    buttons.add(open);
    buttons.add(copy);
    rows.add(buttons, BorderLayout.SOUTH);
    return rows;
  }

  private static String hint(Preview preview) {
    if (preview.state().equals("failed")) {
      return "It does not build yet: " + PlainText.line(preview.failureWithPlace(), 300) + " Mend it and save.";
    }
    String first = preview.qrPng().length == 0 ? "Open or copy the link." : "Scan the code with your phone.";
    return preview.isLive() ? first + " Each save is on the phone at once." : first;
  }

  private static void copy(Project project, Preview preview) {
    Toolkit.getDefaultToolkit().getSystemClipboard().setContents(new StringSelection(preview.link()), null);
    Balloon.tell(project, "The link is on the clipboard; it opens for ten minutes.");
  }

  private static void open(Project project, Preview preview) {
    Background.run(
      project,
      "Opening the browser",
      (connected, progress) -> {
        if (!Links.isOurs(preview.link(), Links.origins(connected.session(), HiveSync.get().server()))) {
          throw new HiveSyncException("FORBIDDEN", "The link does not lead to this server's hosts.");
        }
        return URI.create(preview.link());
      },
      BrowserUtil::browse
    );
  }
}
