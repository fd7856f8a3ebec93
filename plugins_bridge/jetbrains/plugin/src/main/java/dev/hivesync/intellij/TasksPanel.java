package dev.hivesync.intellij;

import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.Comment;
import dev.hivesync.core.features.PlainText;
import dev.hivesync.core.features.Status;
import dev.hivesync.core.features.Task;
import java.awt.BorderLayout;
import java.awt.FlowLayout;
import java.util.List;
import javax.swing.DefaultListModel;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JList;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JSplitPane;
import javax.swing.JTextArea;

/** The project's tasks: read, given another status, commented on. */
final class TasksPanel extends JPanel {

  private static final long serialVersionUID = 1L;

  private final transient Project project;
  private final DefaultListModel<Task> tasks = new DefaultListModel<>();
  private final JList<Task> list = new JList<>(tasks);
  private final JTextArea description = PlainLabel.area("");
  private transient dev.hivesync.core.features.Project of;
  private boolean hasAsked;

  TasksPanel(Project project) {
    super(new BorderLayout());
    this.project = project;
    list.setCellRenderer(new LineRenderer<>(Task.class, Task::line));
    list.addListSelectionListener(change -> show(list.getSelectedValue()));
    add(new JSplitPane(JSplitPane.VERTICAL_SPLIT, new JScrollPane(list), new JScrollPane(description)));
    add(buttons(), BorderLayout.NORTH);
    HiveSync.get().watch(this::statusChanged, project);
    WhenShown.run(this, this::fetchIfEmpty);
  }

  private JPanel buttons() {
    JPanel row = new JPanel(new FlowLayout(FlowLayout.LEFT, 4, 2));
    JButton refresh = new JButton("Refresh");
    refresh.addActionListener(click -> fetch());
    JComboBox<String> statuses = new JComboBox<>(Task.STATUSES.toArray(new String[0]));
    JButton change = new JButton("Set Status");
    change.addActionListener(click -> change(String.valueOf(statuses.getSelectedItem())));
    JButton comments = new JButton("Comments…");
    comments.addActionListener(click -> comments());
    JButton other = new JButton("Other Project…");
    other.addActionListener(click -> chooseOther());
    row.add(refresh);
    row.add(other);
    row.add(statuses);
    row.add(change);
    row.add(comments);
    return row;
  }

  /** Fetch once after a sign-in, and no oftener: it may ask which project is meant. */
  private void statusChanged() {
    if (HiveSync.get().status().state().equals(Status.SIGNED_OUT)) {
      hasAsked = false;
      of = null;
      tasks.clear();
      description.setText("");
    } else if (!hasAsked) {
      fetchIfEmpty();
    }
  }

  private void chooseOther() {
    FoundProject.forgetChoice(project);
    fetch();
  }

  private void fetchIfEmpty() {
    if (tasks.isEmpty() && isShowing() && HiveSync.get().status().isSignedIn()) {
      fetch();
    }
  }

  private void fetch() {
    hasAsked = true;
    FoundProject.then(project, found ->
      Background.run(
        project,
        "Fetching tasks",
        (connected, progress) -> Task.of(connected.session(), found),
        all -> fill(found, all)
      )
    );
  }

  private void fill(dev.hivesync.core.features.Project found, List<Task> all) {
    of = found;
    tasks.clear();
    all.forEach(tasks::addElement);
    description.setText(all.isEmpty() ? found.name() + " has no tasks." : "");
  }

  private void change(String status) {
    Task task = list.getSelectedValue();
    if (task == null || of == null) {
      return;
    }
    Background.run(
      project,
      "Changing the task",
      (connected, progress) -> task.change(connected.session(), of, status),
      isQueued -> {
        Balloon.tell(project, isQueued ? "Kept; it is sent when the network is back." : "The task is changed.");
        fetch();
      }
    );
  }

  private void comments() {
    Task task = list.getSelectedValue();
    if (task != null && of != null) {
      CommentsPopup.show(project, of, Comment.Target.task(task), PlainText.line(task.title(), 80));
    }
  }

  private void show(Task task) {
    String text = task == null ? "" : task.title() + "\n\n" + task.description();
    description.setText(PlainText.lines(text));
    description.setCaretPosition(0);
  }
}
