--- `:HiveSync status`: who is signed in, which way calls go, and how the agent is.
local client = require("hivesync.client")
local plain = require("hivesync.plain")
local version = require("hivesync.version")
local view = require("hivesync.view")

local function row(name, text, highlight)
  return { { ("  %-12s"):format(name), "HiveSyncHint" }, highlight and { text, highlight } or text, "  " }
end

local function of_agent(status)
  local user = status.user and plain.line(status.user.username or status.user.email)
  local latency = status.upstream_latency_ms and (", %d ms"):format(status.upstream_latency_ms) or ""
  local names = {}
  for _, each in ipairs(status.clients or {}) do
    names[#names + 1] = plain.line(each.name)
  end
  local waits = ("%d previews, %d changes for the network"):format(status.pending_previews, status.queued_operations)
  return {
    row("Signed in", user and ("%s, %s"):format(user, plain.line(status.tier or "")) or "no — :HiveSync login"),
    row("Way", "by the agent on this machine"),
    row("Agent", ("%s, %s"):format(plain.line(status.version), status.paused and "paused" or "running")),
    row("Backend", plain.line(status.server_url)),
    status.online and row("", "online" .. latency, "HiveSyncGood") or row("", "can't be reached", "HiveSyncBad"),
    row("Waiting", waits),
    row("Programs", table.concat(names, ", ")),
  }
end

local function without_agent(mode, reason)
  local way = mode == "direct" and "direct, by the `hivesync` command" or "none"
  return {
    row("Way", way, mode == "direct" and "HiveSyncWarn" or "HiveSyncBad"),
    row("Why", client.words(reason) or reason),
  }
end

local function show(lines)
  table.insert(lines, 1, "")
  vim.list_extend(lines, { row("Plugin", "hivesync.nvim " .. version), "" })
  view.float("HiveSync", lines, { name = "status" })
end

return function()
  client.ask("GET", "/v1/status", nil, function(failure, status)
    if not failure then
      return show(of_agent(status))
    end
    client.mode(function(mode, reason)
      show(without_agent(mode, reason))
    end)
  end)
end
