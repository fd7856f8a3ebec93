package dev.hivesync.intellij;

import com.intellij.openapi.options.Configurable;
import com.intellij.openapi.options.ConfigurationException;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Origin;
import java.awt.BorderLayout;
import java.awt.GridLayout;
import javax.swing.JCheckBox;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JTextField;

/** Settings | Tools | HiveSync. */
public final class HiveSyncConfigurable implements Configurable {

  private final JTextField server = new JTextField(40);
  private final JTextField command = new JTextField(40);
  private final JComboBox<String> platform = new JComboBox<>(new String[] { "ios", "android", "web" });
  private final JCheckBox errors = new JCheckBox("Show build errors in the editor");
  private final JCheckBox balloons = new JCheckBox("Show new notifications as balloons");

  @Override
  public String getDisplayName() {
    return "HiveSync";
  }

  @Override
  public JComponent createComponent() {
    JPanel rows = new JPanel(new GridLayout(0, 1, 0, 4));
    rows.add(labelled("Server (empty: the agent's own):", server));
    rows.add(labelled("The hivesync command:", command));
    rows.add(labelled("Preview as:", platform));
    rows.add(errors);
    rows.add(balloons);
    JPanel panel = new JPanel(new BorderLayout());
    panel.add(rows, BorderLayout.NORTH);
    reset();
    return panel;
  }

  @Override
  public boolean isModified() {
    HiveSyncSettings.Values values = HiveSyncSettings.get().getState();
    return (
      !values.serverUrl.equals(server.getText().strip()) ||
      !values.command.equals(command.getText().strip()) ||
      !values.platform.equals(platform.getSelectedItem()) ||
      values.showsBuildErrors != errors.isSelected() ||
      values.showsBalloons != balloons.isSelected()
    );
  }

  @Override
  public void apply() throws ConfigurationException {
    String named = server.getText().strip();
    try {
      if (!named.isEmpty()) {
        Origin.of(named);
      }
    } catch (HiveSyncException refused) {
      throw new ConfigurationException(refused.getMessage());
    }
    HiveSyncSettings.Values values = new HiveSyncSettings.Values();
    values.serverUrl = named;
    values.command = command.getText().isBlank() ? "hivesync" : command.getText().strip();
    values.platform = String.valueOf(platform.getSelectedItem());
    values.showsBuildErrors = errors.isSelected();
    values.showsBalloons = balloons.isSelected();
    HiveSyncSettings.get().loadState(values);
    HiveSync.get().reconnect();
  }

  @Override
  public void reset() {
    HiveSyncSettings.Values values = HiveSyncSettings.get().getState();
    server.setText(values.serverUrl);
    command.setText(values.command);
    platform.setSelectedItem(values.platform);
    errors.setSelected(values.showsBuildErrors);
    balloons.setSelected(values.showsBalloons);
  }

  private static JPanel labelled(String text, JComponent field) {
    JPanel row = new JPanel(new BorderLayout(8, 0));
    JLabel label = new JLabel(text);
    label.setLabelFor(field);
    row.add(label, BorderLayout.WEST);
    row.add(field, BorderLayout.CENTER);
    return row;
  }
}
