package dev.hivesync.intellij;

import com.intellij.openapi.application.ApplicationManager;
import com.intellij.openapi.components.PersistentStateComponent;
import com.intellij.openapi.components.State;
import com.intellij.openapi.components.Storage;

/** The plugin's settings. None of them is a secret. */
@State(name = "HiveSync", storages = @Storage("hivesync.xml"))
public final class HiveSyncSettings implements PersistentStateComponent<HiveSyncSettings.Values> {

  /** What is stored, by its names in the file. */
  public static final class Values {

    /** Empty: what HIVESYNC_SERVER_URL or the agent says. */
    public String serverUrl = "";

    public String command = "hivesync";
    public String platform = "ios";
    public boolean showsBuildErrors = true;
    public boolean showsBalloons = true;
  }

  private Values values = new Values();

  public static HiveSyncSettings get() {
    return ApplicationManager.getApplication().getService(HiveSyncSettings.class);
  }

  @Override
  public Values getState() {
    return values;
  }

  @Override
  public void loadState(Values loaded) {
    values = loaded;
  }
}
