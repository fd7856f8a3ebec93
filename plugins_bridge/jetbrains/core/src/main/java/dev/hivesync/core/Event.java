package dev.hivesync.core;

import com.google.gson.JsonElement;

/** One server-sent event. */
public record Event(String id, String type, JsonElement data) {
  /** What was missed can't be had: what is shown must be fetched anew. */
  public static final String RESET = "reset";
}
