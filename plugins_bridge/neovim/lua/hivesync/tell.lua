--- Short messages to the user.
local plain = require("hivesync.plain")

local M = {}

local function notify(text, level)
  vim.notify("HiveSync: " .. plain.line(text), level)
end

function M.info(text)
  notify(text, vim.log.levels.INFO)
end

function M.warning(text)
  notify(text, vim.log.levels.WARN)
end

local SIGN_IN = { AUTH_REQUIRED = true, AUTH_EXPIRED = true }

--- Show a failure as client.lua gives it, and what to do about it.
function M.failure(failure)
  local hint = SIGN_IN[failure.code] and " Sign in with :HiveSync login." or ""
  notify((failure.message or failure.code or "It failed.") .. hint, vim.log.levels.ERROR)
end

--- Tell of a change that waits for the network; true if it does.
function M.queued(answer)
  if answer and answer.status == 202 then
    M.info("You are offline. The change is kept, and sent when HiveSync can be reached.")
    return true
  end
  return false
end

return M
