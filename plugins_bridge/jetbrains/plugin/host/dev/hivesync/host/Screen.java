package dev.hivesync.host;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.swing.JComponent;

/** What a person would get to see, each kind in the order in which it came. */
public final class Screen {

  private static final int SECONDS = 20;
  private static final Map<Class<?>, BlockingQueue<Object>> SHOWN = new ConcurrentHashMap<>();

  private Screen() {}

  /** A notification. Its content is HTML; `actions` are its links. */
  public record Balloon(String html, boolean isFailure, Map<String, Runnable> actions) {}

  /** A popup, once it is shown. */
  public record Popup(String title, JComponent content) {}

  /** The IDE's view of two texts side by side. */
  public record Diff(String before, String after) {}

  public static void show(Object shown) {
    of(shown.getClass()).add(shown);
  }

  /** Give the next of this kind as soon as it is shown. */
  public static <T> T next(Class<T> kind) throws InterruptedException {
    Object shown = of(kind).poll(SECONDS, TimeUnit.SECONDS);
    if (shown == null) {
      throw new AssertionError("No " + kind.getSimpleName() + " has come, but " + SHOWN);
    }
    return kind.cast(shown);
  }

  public static boolean isEmpty(Class<?> kind) {
    return of(kind).isEmpty();
  }

  public static void forget(Class<?> kind) {
    of(kind).clear();
  }

  private static BlockingQueue<Object> of(Class<?> kind) {
    return SHOWN.computeIfAbsent(kind, none -> new LinkedBlockingQueue<>());
  }
}
