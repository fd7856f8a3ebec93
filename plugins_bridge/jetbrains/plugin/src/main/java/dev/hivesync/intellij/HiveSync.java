package dev.hivesync.intellij;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.application.ApplicationManager;
import com.intellij.openapi.util.Disposer;
import dev.hivesync.core.Connecting;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.Event;
import dev.hivesync.core.EventStream;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Origin;
import dev.hivesync.core.Way;
import dev.hivesync.core.features.Preview;
import dev.hivesync.core.features.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One for the whole IDE: the way to HiveSync, its events, and what they have told. Ends with the plugin. */
public final class HiveSync implements Disposable {

  private static final int REFRESH_SECONDS = 60;
  private static final int SOON_MILLISECONDS = 300;

  private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1, HiveSync::daemon);
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private final BuildErrors buildErrors = new BuildErrors();
  private final ConsoleLog console = new ConsoleLog();
  private final EventReader reader = new EventReader(this);
  private volatile Status status = Status.starting();
  private volatile Preview newest;
  private volatile Preview live;
  private Connected connected;
  private EventStream stream;
  private ScheduledFuture<?> soon;

  public HiveSync() {
    clock.scheduleWithFixedDelay(this::refreshNow, 0, REFRESH_SECONDS, TimeUnit.SECONDS);
  }

  public static HiveSync get() {
    return ApplicationManager.getApplication().getService(HiveSync.class);
  }

  /** Give the way to HiveSync; throw for a setting that can't be used. Never on the UI thread: it reads files. */
  public synchronized Connected connected() throws HiveSyncException {
    if (connected == null) {
      HiveSyncSettings.Values settings = HiveSyncSettings.get().getState();
      Map<String, String> environment = new HashMap<>(System.getenv());
      if (!settings.serverUrl.isEmpty()) {
        environment.put("HIVESYNC_SERVER_URL", settings.serverUrl);
      }
      connected = Connecting.here(environment).connect(settings.command, new PasswordSafeSecrets());
      listen(connected);
    }
    return connected;
  }

  /** Give the backend's origin, as the agent or the settings name it. */
  public String server() {
    String named = HiveSyncSettings.get().getState().serverUrl;
    String told = status.serverUrl();
    return !told.isEmpty() ? told : !named.isEmpty() ? named : fromEnvironment();
  }

  /** Begin anew, after the settings have changed. */
  public void reconnect() {
    clock.execute(() -> {
      drop();
      refreshNow();
    });
  }

  public Status status() {
    return status;
  }

  public BuildErrors buildErrors() {
    return buildErrors;
  }

  public ConsoleLog console() {
    return console;
  }

  /** Give the preview that was made last; null if there is none. */
  public Preview newest() {
    return newest;
  }

  /** Give the live preview that runs; null if there is none. */
  public Preview live() {
    return live;
  }

  public void made(Preview preview) {
    newest = preview;
    live = preview.isLive() ? preview : live;
    buildErrors.replace(preview.buildId(), preview.errors());
  }

  public void stopped() {
    live = null;
  }

  /** Have somebody hear, on the UI thread, that the status has changed. */
  public void watch(Runnable watcher, Disposable until) {
    watchers.add(watcher);
    Disposer.register(until, () -> watchers.remove(watcher));
  }

  /** Ask anew in a moment; many events in a row cause one question. */
  public synchronized void refreshSoon() {
    if (soon == null || soon.isDone()) {
      soon = clock.schedule(this::refreshNow, SOON_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
  }

  /** Forget what the earlier account has seen. */
  void accountChanged() {
    buildErrors.clear();
    newest = null;
    live = null;
    FoundProject.forgetChoices();
    synchronized (this) {
      if (connected != null) {
        connected.session().direct().forget();
      }
    }
    refreshSoon();
  }

  @Override
  public void dispose() {
    clock.shutdownNow();
    drop();
  }

  private void refreshNow() {
    Status found = asked();
    if (!found.equals(status)) {
      status = found;
      ApplicationManager.getApplication().invokeLater(() -> watchers.forEach(Runnable::run));
    }
  }

  private Status asked() {
    try {
      return Status.of(connected().session());
    } catch (HiveSyncException unusable) {
      Way way = new Way(Mode.NONE, unusable.code(), unusable.getMessage());
      return Status.without("check the settings", way);
    }
  }

  private void listen(Connected to) {
    EventStream begun = new EventStream(to.session(), this::hear);
    stream = begun;
    daemon(() -> begun.run(outcome -> {})).start();
  }

  private void hear(Event event) {
    reader.take(event);
  }

  private synchronized void drop() {
    if (stream != null) {
      stream.stop();
      stream = null;
    }
    if (connected != null) {
      connected.session().forget();
      connected = null;
    }
  }

  private static String fromEnvironment() {
    String named = System.getenv("HIVESYNC_SERVER_URL");
    return named == null || named.isEmpty() ? Origin.LOCAL : named;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "HiveSync");
    thread.setDaemon(true);
    return thread;
  }
}
