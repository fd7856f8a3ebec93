package dev.hivesync.intellij;

import java.awt.Component;
import java.awt.Container;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.swing.AbstractButton;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;

/** Finds what is on a panel, and uses it in the thread of the UI. */
final class Parts {

  private Parts() {}

  /** Make or ask something in the thread of the UI. */
  static <T> T onScreen(Supplier<T> made) throws InterruptedException {
    List<T> found = new ArrayList<>();
    try {
      SwingUtilities.invokeAndWait(() -> found.add(made.get()));
    } catch (InvocationTargetException failure) {
      throw new AssertionError(failure.getCause());
    }
    return found.get(0);
  }

  static <T extends Component> List<T> all(Container panel, Class<T> type) {
    List<T> found = new ArrayList<>();
    for (Component each : panel.getComponents()) {
      if (type.isInstance(each)) {
        found.add(type.cast(each));
      }
      if (each instanceof Container inner) {
        found.addAll(all(inner, type));
      }
    }
    return found;
  }

  static <T extends Component> T first(Container panel, Class<T> type) {
    return all(panel, type).get(0);
  }

  static void click(Container panel, String button) throws InterruptedException {
    AbstractButton found = all(panel, AbstractButton.class)
      .stream()
      .filter(each -> button.equals(each.getText()))
      .findFirst()
      .orElseThrow();
    onScreen(() -> {
      found.doClick(0);
      return true;
    });
  }

  /** Give all words on the panel; none of them may be drawn as HTML. */
  static String words(Container panel) {
    StringBuilder words = new StringBuilder();
    for (JComponent each : all(panel, JComponent.class)) {
      if (each.getClientProperty("html") != null) {
        throw new AssertionError("drawn as HTML: " + each);
      }
      if (each instanceof JLabel label && label.getText() != null) {
        words.append(label.getText()).append('\n');
      } else if (each instanceof JTextComponent text) {
        words.append(text.getText()).append('\n');
      }
    }
    return words.toString();
  }
}
