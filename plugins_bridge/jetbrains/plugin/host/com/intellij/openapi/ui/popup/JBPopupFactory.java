package com.intellij.openapi.ui.popup;

import com.intellij.openapi.project.Project;
import com.intellij.util.Consumer;
import dev.hivesync.host.Screen;
import java.util.List;
import java.util.function.IntConsumer;
import javax.swing.JComponent;
import javax.swing.ListCellRenderer;

/** The host's: see `dev.hivesync.host`. */
public class JBPopupFactory {

  /** A list to choose from, once it is shown. */
  public record Choice(String title, List<?> items, IntConsumer choose) {}

  public static JBPopupFactory getInstance() {
    return new JBPopupFactory();
  }

  public ComponentPopupBuilder createComponentPopupBuilder(JComponent content, JComponent focused) {
    return new Component(content);
  }

  public <T> IPopupChooserBuilder<T> createPopupChooserBuilder(List<? extends T> list) {
    return new Chooser<>(list);
  }

  private record Shown(Object what) implements JBPopup {
    @Override
    public void showCenteredInCurrentWindow(Project project) {
      Screen.show(what);
    }

    @Override
    public void cancel() {
      // Nothing is drawn here that could be taken away.
    }
  }

  private static final class Component implements ComponentPopupBuilder {

    private final JComponent content;
    private String title = "";

    Component(JComponent content) {
      this.content = content;
    }

    @Override
    public ComponentPopupBuilder setTitle(String named) {
      title = named;
      return this;
    }

    @Override
    public ComponentPopupBuilder setMovable(boolean isMovable) {
      return this;
    }

    @Override
    public ComponentPopupBuilder setRequestFocus(boolean asksForFocus) {
      return this;
    }

    @Override
    public JBPopup createPopup() {
      return new Shown(new Screen.Popup(title, content));
    }
  }

  private static final class Chooser<T> implements IPopupChooserBuilder<T> {

    private final List<? extends T> list;
    private String title = "";
    private Consumer<? super T> chosen;

    Chooser(List<? extends T> list) {
      this.list = list;
    }

    @Override
    public IPopupChooserBuilder<T> setTitle(String named) {
      title = named;
      return this;
    }

    @Override
    public IPopupChooserBuilder<T> setRenderer(ListCellRenderer<? super T> renderer) {
      return this;
    }

    @Override
    public IPopupChooserBuilder<T> setItemChosenCallback(Consumer<? super T> callback) {
      chosen = callback;
      return this;
    }

    @Override
    public JBPopup createPopup() {
      return new Shown(new Choice(title, list, index -> chosen.consume(list.get(index))));
    }
  }
}
