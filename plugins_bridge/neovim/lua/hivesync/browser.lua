--- Opens a link in the user's browser: https only, or http to this machine; never by a shell.
local uv = vim.uv or vim.loop

local M = {}

function M.is_safe(link)
  if type(link) ~= "string" or link:find("[%s%c\"'`<>\\]") then
    return false
  end
  local scheme, authority = link:match("^(https?)://([^/?#]*)")
  -- Nothing but a host and a port: before an "@" stands a name for the server, and anything looks like a host.
  local host = authority and (authority:match("^([%w.-]+)$") or authority:match("^([%w.-]+):%d+$"))
  return host ~= nil and (scheme == "https" or host == "127.0.0.1" or host == "localhost")
end

--- Give whether a browser was started.
function M.open(link)
  if not M.is_safe(link) then
    return false
  end
  local system = uv.os_uname().sysname
  local program, arguments = "xdg-open", { link }
  if system == "Darwin" then
    program = "open"
  elseif system:find("Windows") or system:find("MINGW") then
    program, arguments = "rundll32", { "url.dll,FileProtocolHandler", link }
  end
  if vim.fn.executable(program) == 0 then
    return false
  end
  local handle
  handle = uv.spawn(program, { args = arguments, detached = true }, function()
    handle:close()
  end)
  return handle ~= nil
end

return M
