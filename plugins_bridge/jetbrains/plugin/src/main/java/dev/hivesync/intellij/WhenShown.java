package dev.hivesync.intellij;

import java.awt.event.HierarchyEvent;
import javax.swing.JComponent;

/** Has a tab fetch what it shows each time it comes to the front, and not before. */
final class WhenShown {

  private WhenShown() {}

  static void run(JComponent component, Runnable action) {
    component.addHierarchyListener(event -> {
      boolean hasChanged = (event.getChangeFlags() & HierarchyEvent.SHOWING_CHANGED) != 0;
      if (hasChanged && component.isShowing()) {
        action.run();
      }
    });
  }
}
