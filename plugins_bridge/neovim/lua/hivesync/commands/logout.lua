--- `:HiveSync logout`: ends the session of this machine, for all editors.
local client = require("hivesync.client")
local session = require("hivesync.session")
local starting = require("hivesync.starting")
local tell = require("hivesync.tell")

return function()
  starting.need_agent("Signing out", function()
    client.ask("DELETE", "/v1/session", nil, function(failure)
      if failure then
        return tell.failure(failure)
      end
      session.refresh()
      tell.info("Signed out.")
    end)
  end)
end
