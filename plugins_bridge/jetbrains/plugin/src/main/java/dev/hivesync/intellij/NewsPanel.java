package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.News;
import dev.hivesync.core.features.Status;
import java.awt.BorderLayout;
import java.awt.FlowLayout;
import java.util.List;
import javax.swing.DefaultListModel;
import javax.swing.JButton;
import javax.swing.JList;
import javax.swing.JPanel;
import javax.swing.JScrollPane;

/** HiveSync's notifications, the newest first: read, and marked as read. */
final class NewsPanel extends JPanel {

  private static final long serialVersionUID = 1L;

  private final transient Project project;
  private final DefaultListModel<News> news = new DefaultListModel<>();
  private final JList<News> list = new JList<>(news);

  NewsPanel(Project project) {
    super(new BorderLayout());
    this.project = project;
    list.setCellRenderer(new LineRenderer<>(News.class, News::line));
    add(buttons(), BorderLayout.NORTH);
    add(new JScrollPane(list), BorderLayout.CENTER);
    HiveSync.get().watch(this::statusChanged, project);
    WhenShown.run(this, this::fetchIfSeen);
  }

  private JPanel buttons() {
    JPanel row = new JPanel(new FlowLayout(FlowLayout.LEFT, 4, 2));
    JButton refresh = new JButton("Refresh");
    refresh.addActionListener(click -> fetch());
    JButton one = new JButton("Mark as Read");
    one.addActionListener(click -> mark(list.getSelectedValue(), false));
    JButton all = new JButton("Mark All as Read");
    all.addActionListener(click -> mark(news.isEmpty() ? null : news.get(0), true));
    row.add(refresh);
    row.add(one);
    row.add(all);
    return row;
  }

  private void statusChanged() {
    if (HiveSync.get().status().state().equals(Status.SIGNED_OUT)) {
      news.clear();
    }
    fetchIfSeen();
  }

  private void fetchIfSeen() {
    if (isShowing() && HiveSync.get().status().isSignedIn()) {
      fetch();
    }
  }

  private void fetch() {
    Background.run(
      project,
      "Fetching notifications",
      (connected, progress) -> News.newest(connected.session()),
      this::fill
    );
  }

  private void fill(List<News> found) {
    news.clear();
    found.forEach(news::addElement);
  }

  private void mark(News chosen, boolean withOlder) {
    if (chosen == null) {
      return;
    }
    Background.run(
      project,
      "Marking as read",
      (connected, progress) -> {
        if (withOlder) {
          chosen.markReadUpTo(connected.session());
        } else {
          chosen.markRead(connected.session());
        }
        return News.newest(connected.session());
      },
      found -> {
        fill(found);
        HiveSync.get().refreshSoon();
      }
    );
  }
}
