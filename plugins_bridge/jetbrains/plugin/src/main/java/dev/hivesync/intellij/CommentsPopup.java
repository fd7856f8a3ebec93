package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.popup.JBPopup;
import com.intellij.openapi.ui.popup.JBPopupFactory;
import dev.hivesync.core.features.Comment;
import dev.hivesync.core.features.PlainText;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.util.List;
import java.util.stream.Collectors;
import javax.swing.JButton;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;

/** The comments on a task or on the current file, and a field for another one. */
final class CommentsPopup {

  private CommentsPopup() {}

  static void show(Project project, dev.hivesync.core.features.Project of, Comment.Target target, String title) {
    Background.run(
      project,
      "Fetching comments",
      (connected, progress) -> Comment.of(connected.session(), of, target),
      comments -> open(project, of, target, title, comments)
    );
  }

  private static void open(
    Project project,
    dev.hivesync.core.features.Project of,
    Comment.Target target,
    String title,
    List<Comment> comments
  ) {
    JTextArea written = new JTextArea(4, 60);
    JButton send = new JButton(target.line() > 0 ? "Comment on Line " + target.line() : "Comment");
    JPanel writing = new JPanel(new BorderLayout(4, 4));
    writing.add(new JScrollPane(written), BorderLayout.CENTER);
    writing.add(send, BorderLayout.EAST);
    JPanel panel = new JPanel(new BorderLayout(4, 4));
    panel.setPreferredSize(new Dimension(640, 420));
    panel.add(new JScrollPane(PlainLabel.area(text(comments))), BorderLayout.CENTER);
    panel.add(writing, BorderLayout.SOUTH);
    JBPopup popup = JBPopupFactory.getInstance()
      .createComponentPopupBuilder(panel, written)
      .setTitle("Comments: " + PlainText.line(title, 80))
      .setMovable(true)
      .setRequestFocus(true)
      .createPopup();
    send.addActionListener(click -> {
      if (!written.getText().isBlank()) {
        popup.cancel();
        write(project, of, target, written.getText());
      }
    });
    popup.showCenteredInCurrentWindow(project);
  }

  private static void write(
    Project project,
    dev.hivesync.core.features.Project of,
    Comment.Target target,
    String body
  ) {
    Background.run(
      project,
      "Writing the comment",
      (connected, progress) -> Comment.write(connected.session(), of, target, body),
      isQueued -> Balloon.tell(project, isQueued ? "Kept; it is sent when the network is back." : "Commented.")
    );
  }

  private static String text(List<Comment> comments) {
    return comments.isEmpty()
      ? "No comments yet."
      : comments.stream().map(Comment::text).collect(Collectors.joining("\n"));
  }
}
