package dev.hivesync.core;

import com.google.gson.JsonObject;

/** Tokens of `hivesync token`; without that command, those of the other source. */
public final class CommandTokens implements TokenSource {

  private final HiveSyncCommand command;
  private final TokenSource withoutCommand;

  public CommandTokens(HiveSyncCommand command, TokenSource withoutCommand) {
    this.command = command;
    this.withoutCommand = withoutCommand;
  }

  @Override
  public Token fetch() throws HiveSyncException {
    if (command.find().isEmpty()) {
      return withoutCommand.fetch();
    }
    JsonObject told = command.run("token");
    try {
      return new Token(Json.text(told, "access_token"), Json.number(told, "expires_in", 0));
    } catch (IllegalArgumentException malformed) {
      throw new HiveSyncException(HiveSyncException.INTERNAL, "`hivesync token` did not answer with a token.");
    }
  }
}
