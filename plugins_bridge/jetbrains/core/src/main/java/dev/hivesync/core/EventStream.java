package dev.hivesync.core;

import com.google.gson.JsonNull;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Server-sent events that survive a lost connection. Gaps are never silent: they give a `reset`.
 *
 * <p>`run` takes a thread until `stop`; a second one watches it, since a read can't be told to look around.
 */
public final class EventStream {

  /** Three missed keep-alive comments. */
  private static final int SILENCE_MILLISECONDS = 45_000;

  private static final int LOOK_MILLISECONDS = 300;
  private static final int PAUSE_FIRST_MILLISECONDS = 200;
  private static final int PAUSE_LAST_MILLISECONDS = 30_000;

  private final Session session;
  private final Consumer<Event> hear;
  private final Object bell = new Object();
  private volatile boolean isStopped;
  private volatile OpenAnswer open;
  private volatile long heardAt;
  private volatile int pauseMilliseconds = PAUSE_FIRST_MILLISECONDS;
  private Optional<String> stamp = Optional.empty();
  private String lastId = "";
  private Mode way;

  public EventStream(Session session, Consumer<Event> hear) {
    this.session = session;
    this.hear = hear;
  }

  /** End it, also while it waits for the next event. */
  public void stop() {
    isStopped = true;
    cut();
    synchronized (bell) {
      bell.notifyAll();
    }
  }

  /** Connect, read and connect anew, until `stop`; `settled` hears, once, how the first connection went. */
  public void run(Consumer<Optional<HiveSyncException>> settled) {
    Once tell = new Once(settled);
    while (!isStopped) {
      try {
        readOnce(tell);
      } catch (HiveSyncException failure) {
        tell.tell(Optional.of(failure));
      }
      if (!waited()) {
        return;
      }
    }
  }

  private void readOnce(Once tell) throws HiveSyncException {
    stamp = session.agent().stamp();
    OpenAnswer answer = connect();
    open = answer;
    try {
      if (answer.status() != 200) {
        throw refusal(answer);
      }
      if (way != null && way != answer.mode()) {
        // Agent and backend number their events apart: an id says nothing to the other one.
        lastId = "";
        hear.accept(new Event("", Event.RESET, JsonNull.INSTANCE));
      }
      way = answer.mode();
      tell.tell(Optional.empty());
      read(answer);
    } finally {
      open = null;
      answer.end().run();
    }
  }

  private OpenAnswer connect() throws HiveSyncException {
    try {
      return session.agent().stream(call("/v1/events", Mode.PROXY), SILENCE_MILLISECONDS);
    } catch (AgentUnusableException unusable) {
      return session.direct().stream(call("/api/v1/events", Mode.DIRECT));
    }
  }

  private Call call(String path, Mode mode) throws HiveSyncException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "text/event-stream");
    headers.put("Cache-Control", "no-store");
    if (!lastId.isEmpty() && mode == way) {
      headers.put("Last-Event-ID", lastId);
    }
    return Call.reading(path, headers);
  }

  private void read(OpenAnswer answer) {
    heardAt = System.nanoTime();
    Thread watcher = new Thread(() -> watch(answer), "hivesync-event-watch");
    watcher.setDaemon(true);
    watcher.start();
    EventParser parser = new EventParser();
    EventLines lines = new EventLines(answer.body());
    try {
      for (String line = lines.next(); line != null && !isStopped; line = lines.next()) {
        heardAt = System.nanoTime();
        parser.take(line).ifPresent(this::heard);
      }
    } catch (IOException lost) {
      return; // which is what `run` is for
    } finally {
      watcher.interrupt();
    }
  }

  private void heard(Event event) {
    lastId = event.id().isEmpty() ? lastId : event.id();
    pauseMilliseconds = PAUSE_FIRST_MILLISECONDS;
    hear.accept(event);
  }

  /** Break a direct stream off as soon as an agent is there, and one of an agent that has gone. */
  private void watch(OpenAnswer answer) {
    try {
      while (open == answer) {
        Thread.sleep(LOOK_MILLISECONDS);
        boolean isSilent = System.nanoTime() - heardAt > SILENCE_MILLISECONDS * 1_000_000L;
        if (isStopped || isSilent || !session.agent().stamp().equals(stamp)) {
          pauseMilliseconds = PAUSE_FIRST_MILLISECONDS;
          answer.end().run();
          return;
        }
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt(); // the reading has ended, and this thread with it
    }
  }

  private void cut() {
    OpenAnswer answer = open;
    if (answer != null) {
      answer.end().run();
    }
  }

  private boolean waited() {
    long milliseconds = (long) (pauseMilliseconds * (0.5 + ThreadLocalRandom.current().nextDouble()));
    pauseMilliseconds = Math.min(pauseMilliseconds * 2, PAUSE_LAST_MILLISECONDS);
    long until = System.nanoTime() + milliseconds * 1_000_000;
    synchronized (bell) {
      try {
        // An agent that has come or gone ends the pause: with it, all is different.
        long left = milliseconds;
        while (left > 0 && !isStopped && session.agent().stamp().equals(stamp)) {
          bell.wait(Math.min(left, LOOK_MILLISECONDS));
          left = (until - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException cancelled) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return !isStopped;
  }

  private static HiveSyncException refusal(OpenAnswer answer) {
    try {
      byte[] body = answer.body().readNBytes(65_536);
      return new Answer(answer.status(), answer.headers(), body, answer.mode()).problem();
    } catch (IOException broken) {
      return new OfflineException("The event stream was refused with status " + answer.status() + ".");
    }
  }

  /** Passes on what it is told first, and nothing later. */
  private static final class Once {

    private Consumer<Optional<HiveSyncException>> hear;

    Once(Consumer<Optional<HiveSyncException>> hear) {
      this.hear = hear;
    }

    void tell(Optional<HiveSyncException> outcome) {
      Consumer<Optional<HiveSyncException>> untold = hear;
      hear = null;
      if (untold != null) {
        untold.accept(outcome);
      }
    }
  }
}
