package dev.hivesync.intellij;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What the phones have said, as far as it is kept; every project's tool window shows the same. */
public final class ConsoleLog {

  private static final int KEPT_CHARACTERS = 1_000_000;

  private final StringBuilder kept = new StringBuilder();
  private final List<Consumer<String>> readers = new CopyOnWriteArrayList<>();

  /** Add lines, in any thread. */
  public void add(String lines) {
    synchronized (kept) {
      kept.append(lines);
      if (kept.length() > KEPT_CHARACTERS) {
        kept.delete(0, kept.length() - KEPT_CHARACTERS);
      }
    }
    readers.forEach(reader -> reader.accept(lines));
  }

  /** Give what came before; `reader` gets what comes, in any thread. */
  String read(Consumer<String> reader) {
    synchronized (kept) {
      readers.add(reader);
      return kept.toString();
    }
  }

  void leave(Consumer<String> reader) {
    readers.remove(reader);
  }
}
