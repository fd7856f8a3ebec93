package com.intellij.openapi.wm;

import com.intellij.openapi.Disposable;
import com.intellij.util.Consumer;
import java.awt.event.MouseEvent;

/** A stub of the documented API: its signatures only. */
public interface StatusBarWidget extends Disposable {
  String ID();

  WidgetPresentation getPresentation();

  void install(StatusBar statusBar);

  /** What every presentation has. */
  interface WidgetPresentation {
    String getTooltipText();

    Consumer<MouseEvent> getClickConsumer();
  }

  /** A text. */
  interface TextPresentation extends WidgetPresentation {
    String getText();

    float getAlignment();
  }
}
