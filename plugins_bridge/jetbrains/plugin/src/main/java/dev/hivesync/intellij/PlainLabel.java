package dev.hivesync.intellij;

import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JTextArea;

/** Swing parts that never take a text for HTML: without this, one that begins with `<html>` is drawn as such. */
final class PlainLabel {

  private PlainLabel() {}

  static JLabel of(String text) {
    JLabel label = new JLabel();
    disableHtml(label);
    label.setText(text);
    return label;
  }

  /** Give a text to be read and copied. */
  static JTextArea area(String text) {
    JTextArea area = new JTextArea(text);
    area.setEditable(false);
    area.setLineWrap(true);
    area.setWrapStyleWord(true);
    area.setCaretPosition(0);
    return area;
  }

  static void disableHtml(JComponent component) {
    component.putClientProperty("html.disable", Boolean.TRUE);
  }
}
