--- `:HiveSync login`: a code for the browser; the session stays with the agent.
local browser = require("hivesync.browser")
local client = require("hivesync.client")
local plain = require("hivesync.plain")
local session = require("hivesync.session")
local starting = require("hivesync.starting")
local tell = require("hivesync.tell")
local view = require("hivesync.view")

local PAUSE_MILLISECONDS = 1500

local function show(pending, server)
  local link = plain.line(pending.verification_uri_complete)
  local float = view.float("Sign in", {
    "",
    { "  Open    ", { plain.line(pending.verification_uri), "HiveSyncStrong" } },
    { "  Code    ", { plain.line(pending.user_code), "HiveSyncTitle" } },
    "",
    { { "  This window closes once you have signed in.", "HiveSyncHint" } },
    "",
    vim.list_extend({ " " }, view.keys({ "o", "open the browser", "y", "copy the link", "q", "close" })),
  }, { name = "login" })
  view.map(float.buffer, "o", function()
    local wrong = browser.open(link, { server })
    if wrong then
      tell.warning(wrong)
    end
  end)
  view.map(float.buffer, "y", function()
    vim.fn.setreg('"', link)
    pcall(vim.fn.setreg, "+", link)
    tell.info("The link is copied.")
  end)
  return float
end

local function wait(float)
  client.ask("GET", "/v1/session", nil, function(failure, state)
    if failure then
      float:close()
      return tell.failure(failure)
    end
    if state.signed_in or not state.pending then
      float:close()
      session.refresh()
      local name = state.user and plain.line(state.user.username or state.user.email) or ""
      if state.signed_in then
        return tell.info("Signed in as " .. name .. ".")
      end
      return tell.failure({ message = state.error or "The sign-in has ended." })
    end
    vim.defer_fn(function()
      wait(float)
    end, PAUSE_MILLISECONDS)
  end)
end

return function()
  starting.need_agent("Signing in", function()
    client.ask("POST", "/v1/session/login", vim.empty_dict(), function(failure, state)
      if failure then
        return tell.failure(failure)
      end
      if not state.pending then
        return tell.info("You are signed in.")
      end
      wait(show(state.pending, state.server_url))
    end)
  end)
end
