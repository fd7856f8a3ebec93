--- The status line's text. Made of fixed words and numbers, so that nothing of others can stand in it.
local session = require("hivesync.session")

local M = {}

local TIERS = { free = "Free", pro = "Pro", premium = "Premium" }

local function count(number, words)
  return number > 0 and (" · %d %s"):format(math.min(number, 999), words) or ""
end

function M.text()
  session.start()
  local state = session.state
  if not state.known then
    return "HiveSync …"
  end
  if not state.signed_in then
    return state.mode == "none" and "HiveSync off" or "HiveSync signed out"
  end
  local text = "HiveSync " .. (TIERS[state.tier] or "on")
  if state.paused then
    text = text .. " · paused"
  elseif state.online == false then
    text = text .. " · offline"
  end
  return text .. count(state.pending, "building") .. count(state.unread, "unread") .. count(state.queued, "waiting")
end

return M
