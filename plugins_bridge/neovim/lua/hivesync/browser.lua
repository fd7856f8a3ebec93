--- Opens a link of ours in the user's browser; never by a shell.
local links = require("hivesync.links")
local programs = require("hivesync.programs")
local uv = vim.uv or vim.loop

local M = {}

local NONE = "No browser could be opened; y copies the link."

--- Give what was wrong, nil once a browser was started.
function M.open(link, origins)
  if not links.is_ours(link, origins) then
    return "The link does not lead to HiveSync, so it was not opened."
  end
  local system = uv.os_uname().sysname
  local program, arguments = "xdg-open", { link }
  if system == "Darwin" then
    program = "open"
  elseif system:find("Windows") or system:find("MINGW") then
    program, arguments = "rundll32", { "url.dll,FileProtocolHandler", link }
  end
  local path = programs.find(program)
  if not path then
    return NONE
  end
  local handle
  handle = uv.spawn(path, { args = arguments, detached = true }, function()
    handle:close()
  end)
  return not handle and NONE or nil
end

return M
