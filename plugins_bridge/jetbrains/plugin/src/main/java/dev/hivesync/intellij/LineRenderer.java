package dev.hivesync.intellij;

import java.awt.Component;
import java.util.function.Function;
import javax.swing.DefaultListCellRenderer;
import javax.swing.JList;

/** Draws each thing of a list as one line of plain text. */
final class LineRenderer<T> extends DefaultListCellRenderer {

  private static final long serialVersionUID = 1L;

  private final transient Class<T> type;
  private final transient Function<T, String> line;

  LineRenderer(Class<T> type, Function<T, String> line) {
    this.type = type;
    this.line = line;
    PlainLabel.disableHtml(this);
  }

  @Override
  public Component getListCellRendererComponent(
    JList<?> list,
    Object value,
    int index,
    boolean isSelected,
    boolean hasFocus
  ) {
    String text = type.isInstance(value) ? line.apply(type.cast(value)) : "";
    return super.getListCellRendererComponent(list, text, index, isSelected, hasFocus);
  }
}
