package dev.hivesync.core;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;

/** Makes a session of what the environment and the settings say. Nothing is sent yet. */
public final class Connecting {

  private final Map<String, String> environment;
  private final Places.System system;
  private final Path home;

  /** `environment`: the IDE's, with the plugin's settings over it. */
  public Connecting(Map<String, String> environment, Places.System system, Path home) {
    this.environment = Map.copyOf(environment);
    this.system = system;
    this.home = home;
  }

  /** For this machine and user. */
  public static Connecting here(Map<String, String> environment) {
    return new Connecting(environment, Places.System.current(), Path.of(System.getProperty("user.home")));
  }

  public HiveSyncCommand command(String name) {
    return new HiveSyncCommand(environment, name, system, home);
  }

  /** Give everything that a plugin works with. */
  public Connected connect(String commandName, SecretStore secrets) throws HiveSyncException {
    String named = environment.getOrDefault("HIVESYNC_SERVER_URL", "").replaceAll("/+$", "");
    Origin origin = Origin.of(named.isEmpty() ? Origin.LOCAL : named);
    Places places = new Places(environment, system, home);
    HiveSyncCommand command = command(commandName);
    HttpClient http = BackendHttp.of(origin, environment);
    OwnSession own = new OwnSession(origin, secrets, http);
    TokenSource tokens = new CommandTokens(command, own);
    String apiKey = environment.getOrDefault("HIVESYNC_TOKEN", "");
    DirectLink direct = new DirectLink(origin, tokens, apiKey, http);
    WaitingChanges waiting = new WaitingChanges(places.operationsFolder(origin));
    AgentLink agent = new AgentLink(new DiscoveryFile(places.discoveryFile()), named);
    return new Connected(new Session(agent, direct, waiting), own, command, new Uploads(http));
  }

  /** What a plugin works with. */
  public record Connected(Session session, OwnSession own, HiveSyncCommand command, Uploads uploads) {}
}
