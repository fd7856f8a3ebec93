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
  local message = failure.message or failure.code or "It failed."
  if SIGN_IN[failure.code] then
    -- In an editor the way to sign in is its own command, and the message may know of another only.
    message = message:gsub("; run `hivesync login`%.$", ".") .. " Sign in with :HiveSync login."
  end
  notify(message, vim.log.levels.ERROR)
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
