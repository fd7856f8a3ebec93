package dev.hivesync.core;

/** Keeps a token in memory for as long as it lasts. A key of HIVESYNC_TOKEN wins, and is never renewed. */
final class HeldToken {

  private static final int MARGIN_SECONDS = 30;

  private final TokenSource source;
  private final String apiKey;
  private String text = "";
  private long untilNanoseconds;

  HeldToken(TokenSource source, String apiKey) {
    this.source = source;
    this.apiKey = apiKey;
  }

  boolean isRenewable() {
    return apiKey.isEmpty();
  }

  /** Give a token that still lasts, and another one than `refused`. Several threads cause one renewal. */
  synchronized String get(String refused) throws HiveSyncException {
    if (!apiKey.isEmpty()) {
      return apiKey;
    }
    if (text.isEmpty() || text.equals(refused) || System.nanoTime() - untilNanoseconds > 0) {
      TokenSource.Token fetched = source.fetch();
      text = fetched.text();
      untilNanoseconds = System.nanoTime() + (fetched.lastsSeconds() - MARGIN_SECONDS) * 1_000_000_000L;
    }
    return text;
  }

  synchronized void forget() {
    text = "";
  }
}
