package com.intellij.openapi.ui.popup;

import java.util.List;
import javax.swing.JComponent;

/** A stub of the documented API: its signatures only. */
public abstract class JBPopupFactory {

  public static JBPopupFactory getInstance() {
    throw new UnsupportedOperationException();
  }

  public abstract ComponentPopupBuilder createComponentPopupBuilder(JComponent content, JComponent focused);

  public abstract <T> IPopupChooserBuilder<T> createPopupChooserBuilder(List<? extends T> list);
}
