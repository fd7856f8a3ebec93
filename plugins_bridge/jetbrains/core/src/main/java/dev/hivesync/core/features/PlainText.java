package dev.hivesync.core.features;

import java.util.regex.Pattern;

/** Text of others, fit to be shown: without control characters and without what turns its direction around. */
public final class PlainText {

  private static final int LONG_CHARACTERS = 200_000;
  // C0 and C1 but tab and line feed, and the bidirectional controls of CVE-2021-42574 ("Trojan Source").
  private static final Pattern UNSEEN = Pattern.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]"
  );

  private PlainText() {}

  /** Give the text as several lines may be shown. */
  public static String lines(String text) {
    String clean = UNSEEN.matcher(text.replace("\r\n", "\n").replace('\r', '\n')).replaceAll("");
    return cut(clean, LONG_CHARACTERS);
  }

  /** Give the text as one line of at most so many characters. */
  public static String line(String text, int most) {
    // Cut before it is searched: a title may have megabytes.
    String first = text.length() > most * 4 ? text.substring(0, most * 4) : text;
    return cut(UNSEEN.matcher(first.replaceAll("\\s+", " ").strip()).replaceAll(""), most);
  }

  /** Give the text for the few places of the platform that take HTML only, such as a balloon. */
  public static String escaped(String text) {
    return lines(text)
      .replace("&", "&amp;")
      .replace("<", "&lt;")
      .replace(">", "&gt;")
      .replace("\"", "&quot;")
      .replace("'", "&#39;")
      .replace("\n", "<br>");
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + " …";
  }
}
