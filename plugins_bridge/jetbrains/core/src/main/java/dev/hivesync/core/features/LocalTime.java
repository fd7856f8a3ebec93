package dev.hivesync.core.features;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The server's times (RFC 3339, UTC) as the user's own clock shows them. Asks no clock: nothing is "ago". */
final class LocalTime {

  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;

  private LocalTime() {}

  static String minute(String time) {
    return shown(time, MINUTE);
  }

  static String day(String time) {
    return shown(time, DAY);
  }

  private static String shown(String time, DateTimeFormatter format) {
    try {
      return format.format(Instant.parse(time).atZone(ZoneId.systemDefault()));
    } catch (DateTimeException notOne) {
      return PlainText.line(time, 20);
    }
  }
}
