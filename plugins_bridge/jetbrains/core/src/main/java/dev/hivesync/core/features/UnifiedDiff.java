package dev.hivesync.core.features;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applies a unified diff to the text that it was made for. Refuses a text that is another one by now. */
public final class UnifiedDiff {

  private static final Pattern HUNK = Pattern.compile(
    "@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \\+([0-9]{1,9})(?:,([0-9]{1,9}))? @@.*",
    Pattern.DOTALL
  );

  private final List<String> old;
  private final List<String> diff;
  private final List<String> made = new ArrayList<>();
  private int at;
  private int next;

  private UnifiedDiff(List<String> old, List<String> diff) {
    this.old = old;
    this.diff = diff;
  }

  /** Give the text with the diff applied, line by line; nothing if it does not apply. */
  public static Optional<String> apply(String text, String diff) {
    return new UnifiedDiff(split(text), split(diff)).applied();
  }

  private Optional<String> applied() {
    while (next < diff.size() && !diff.get(next).startsWith("@@")) {
      next++;
    }
    boolean hasHunk = next < diff.size();
    while (next < diff.size()) {
      if (!takeHunk()) {
        return Optional.empty();
      }
    }
    made.addAll(old.subList(at, old.size()));
    return hasHunk ? Optional.of(String.join("", made)) : Optional.empty();
  }

  private boolean takeHunk() {
    Matcher head = HUNK.matcher(diff.get(next++));
    if (!head.matches()) {
      return false;
    }
    int expected = count(head.group(2));
    // A hunk that expects no line names the one before it.
    int start = Integer.parseInt(head.group(1)) - (expected > 0 ? 1 : 0);
    List<String> removed = new ArrayList<>();
    List<String> added = new ArrayList<>();
    if (!takeBody(expected, count(head.group(4)), removed, added)) {
      return false;
    }
    boolean fits = start >= at && start + removed.size() <= old.size();
    if (!fits || !old.subList(start, start + removed.size()).equals(removed)) {
      return false;
    }
    made.addAll(old.subList(at, start));
    made.addAll(added);
    at = start + removed.size();
    return true;
  }

  private boolean takeBody(int oldLines, int newLines, List<String> removed, List<String> added) {
    while (removed.size() < oldLines || added.size() < newLines) {
      if (next == diff.size()) {
        return false;
      }
      String line = diff.get(next++);
      char sign = line.charAt(0);
      // An empty line of context often has lost its space.
      String content = sign == '\n' ? "\n" : line.substring(1);
      if (" -+\n".indexOf(sign) < 0) {
        return false;
      }
      boolean lacksEnd = next < diff.size() && diff.get(next).startsWith("\\ ");
      content = lacksEnd ? content.substring(0, content.length() - 1) : content;
      next += lacksEnd ? 1 : 0;
      if (sign != '+') {
        removed.add(content);
      }
      if (sign != '-') {
        added.add(content);
      }
    }
    return removed.size() == oldLines && added.size() == newLines;
  }

  private static int count(String group) {
    return group == null ? 1 : Integer.parseInt(group);
  }

  private static List<String> split(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end + 1));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }
}
