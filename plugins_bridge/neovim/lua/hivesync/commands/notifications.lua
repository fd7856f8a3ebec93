--- `:HiveSync notifications`: the list, and marking them read.
local client = require("hivesync.client")
local list = require("hivesync.list")
local plain = require("hivesync.plain")
local session = require("hivesync.session")
local tell = require("hivesync.tell")
local times = require("hivesync.times")

local function line(notification)
  local at = times.minute(notification.created_at)
  local text = plain.line(notification.text)
  return {
    notification.read and "   " or { " ● ", "HiveSyncGood" },
    notification.read and { text, "HiveSyncHint" } or text,
    { "  " .. at, "HiveSyncHint" },
  }
end

local function mark(notification, shown)
  if notification.read then
    return
  end
  client.ask("PATCH", "/api/v1/notifications/" .. notification.id, { read = true }, function(failure, _, answer)
    if failure then
      return tell.failure(failure)
    end
    tell.queued(answer)
    notification.read = true
    shown:render()
    session.refresh()
  end)
end

local function mark_all(_, shown)
  client.ask("POST", "/api/v1/notifications/read", vim.empty_dict(), function(failure)
    if failure then
      return tell.failure(failure)
    end
    for _, notification in ipairs(shown.items) do
      notification.read = true
    end
    shown:render()
    session.refresh()
  end)
end

return function()
  client.ask("GET", "/api/v1/notifications?limit=50", nil, function(failure, page)
    if failure then
      return tell.failure(failure)
    end
    list.open({
      title = "Notifications",
      items = page.items,
      line = line,
      empty = " Nothing new.",
      keys = {
        { "<CR>", "mark read", mark },
        { "A", "mark all read", mark_all, true },
      },
    })
  end)
end
