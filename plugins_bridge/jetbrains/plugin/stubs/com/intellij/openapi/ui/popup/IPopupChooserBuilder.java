package com.intellij.openapi.ui.popup;

import com.intellij.util.Consumer;
import javax.swing.ListCellRenderer;

/** A stub of the documented API: its signatures only. */
public interface IPopupChooserBuilder<T> {
  IPopupChooserBuilder<T> setTitle(String title);

  IPopupChooserBuilder<T> setRenderer(ListCellRenderer<? super T> renderer);

  IPopupChooserBuilder<T> setItemChosenCallback(Consumer<? super T> chosen);

  JBPopup createPopup();
}
