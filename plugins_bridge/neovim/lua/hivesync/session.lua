--- What is known of the agent and its user, kept up to date by events, and every minute without them.
local client = require("hivesync.client")
local events = require("hivesync.events")
local json = require("hivesync.json")
local settings = require("hivesync.settings")
local tell = require("hivesync.tell")
local uv = vim.uv or vim.loop

local M = {
  state = { known = false, signed_in = false, mode = "none", tier = nil, pending = 0, unread = 0, queued = 0 },
}

local REFRESH_MILLISECONDS = 60000
local BURST_MILLISECONDS = 150

local timer, is_planned = nil, false

local function changed()
  vim.cmd("redrawstatus!")
end

local function read_unread()
  client.ask("GET", "/api/v1/notifications/unread", nil, function(failure, data)
    if not failure then
      M.state.unread = data.count or 0
      changed()
    end
  end)
end

local function absent()
  M.state.known, M.state.pending, M.state.queued = true, 0, 0
  M.state.paused, M.state.online = false, true
  client.mode(function(mode, reason)
    M.state.mode, M.state.reason = mode, reason
    if mode ~= "direct" then
      M.state.signed_in = false
      return changed()
    end
    client.ask("GET", "/api/v1/auth/me", nil, function(failure, user)
      M.state.signed_in = not failure
      M.state.tier = user and user.tier
      changed()
    end)
  end)
end

--- Ask for everything that the status line shows.
function M.refresh()
  client.ask("GET", "/v1/status", nil, function(failure, status)
    if failure then
      return absent()
    end
    local state = M.state
    state.known, state.mode, state.reason = true, "proxy", ""
    state.signed_in, state.tier = status.signed_in, status.tier
    state.online, state.paused = status.online, status.paused
    state.pending, state.queued = status.pending_previews or 0, status.queued_operations or 0
    if not status.signed_in then
      state.unread = 0
    elseif status.online then
      read_unread()
    end
    changed()
  end)
end

--- Events come in bursts; one question answers them all.
local function refresh_soon()
  if is_planned then
    return
  end
  is_planned = true
  vim.defer_fn(function()
    is_planned = false
    M.refresh()
  end, BURST_MILLISECONDS)
end

local on = {}

on["notification.created"] = function(data)
  M.state.unread = M.state.unread + 1
  if settings.get().announce and data.notification then
    tell.info(data.notification.text)
  end
  changed()
end

on["preview.diagnostics"] = function(data)
  require("hivesync.diagnostics").show(data.preview_id, data.diagnostics or {})
end

on["device.console"] = function(data)
  require("hivesync.console").add(data)
end

on["session.changed"] = function()
  require("hivesync.project").forget()
  refresh_soon()
end

on["agent.changed"] = refresh_soon
on["preview.progress"] = refresh_soon
on["operation.queued"] = refresh_soon
on["operation.done"] = refresh_soon
on["operation.conflict"] = function()
  tell.warning("A change that waited was refused; `hivesync operations` shows it.")
  refresh_soon()
end
on.reset = refresh_soon

local function take(event)
  local act, data = on[event.type], json.decode(event.data)
  if act and type(data) == "table" then
    act(data)
  end
end

--- Begin to follow the agent. Called by the first command, or by the status line.
function M.start()
  if timer then
    return
  end
  timer = uv.new_timer()
  timer:start(0, REFRESH_MILLISECONDS, vim.schedule_wrap(M.refresh))
  vim.schedule(function()
    events.start(take, refresh_soon)
  end)
  vim.api.nvim_create_autocmd("VimLeavePre", { callback = M.stop })
end

function M.stop()
  events.stop()
  require("hivesync.agent").close()
  if timer then
    timer:stop()
    timer:close()
    timer = nil
  end
end

return M
