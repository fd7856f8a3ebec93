--- Short messages to the user.
local plain = require("hivesync.plain")
local view = require("hivesync.view")

local M = {}

local HIGHLIGHTS = { [vim.log.levels.WARN] = "WarningMsg", [vim.log.levels.ERROR] = "ErrorMsg" }
--- Right of a message the editor may show keys and the cursor's place.
local RIGHT_COLUMNS = 30

--- Tell whether the editor would cut the text in two, and have the user press Enter before anything else.
--- Notifiers that others have put in its place know what to do.
local function is_cut_in_two(text)
  return debug.getinfo(vim.notify, "S").source:find("^@vim/_")
    and #vim.api.nvim_list_uis() > 0
    and vim.fn.strdisplaywidth(text) > math.max(20, vim.o.columns - RIGHT_COLUMNS)
end

local function notify(text, level)
  local said = "HiveSync: " .. plain.line(text)
  if is_cut_in_two(said) then
    view.passing(said, HIGHLIGHTS[level] or "Normal")
  else
    vim.notify(said, level)
  end
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
