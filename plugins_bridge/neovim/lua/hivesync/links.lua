--- Which link of a server's answer may be opened: https, or http to this machine, and only to our own hosts.
local client = require("hivesync.client")

local M = {}

local function host_of(authority)
  local name = authority:gsub(":%d+$", "")
  return (name == "[::1]" or name:match("^[%w.-]+$")) and name or nil
end

local function is_here(origin)
  local host = host_of(origin:match("^https?://(.*)$") or "")
  return host == "localhost" or host == "[::1]" or host ~= nil and host:match("^127%.%d+%.%d+%.%d+$") ~= nil
end

--- Give the link's origin, nil for one that no browser should see.
function M.origin_of(link)
  if type(link) ~= "string" or link:find("[^!-~]") or link:find("[\"'`<>\\]") then
    return nil
  end
  -- Nothing but a host and a port: before an "@" stands a name for the server, and anything looks like a host.
  local scheme, authority = link:match("^(https?)://([^/?#]*)")
  if not authority or not host_of(authority) then
    return nil
  end
  local origin = (scheme .. "://" .. authority):lower()
  return (scheme == "https" or is_here(origin)) and origin or nil
end

--- Tell whether the link leads to one of these origins. Other ports of this machine are ours only where the server
--- itself, the first of them, is here, too: one elsewhere has no say over what listens on this machine.
function M.is_ours(link, origins)
  local origin = M.origin_of(link)
  if not origin then
    return false
  end
  if is_here(origin) then
    return is_here(M.origin_of(origins[1]) or "")
  end
  for _, each in ipairs(origins) do
    if M.origin_of(each) == origin then
      return true
    end
  end
  return false
end

--- Ask for the origins that the backend names as its own: `done(failure)` or `done(nil, origins)`.
function M.ask_origins(done)
  client.ask("GET", "/v1/session", nil, function(failure, state)
    if failure then
      return done(failure)
    end
    client.ask("GET", "/api/v1/health", nil, function(unhealthy, health)
      if unhealthy then
        return done(unhealthy)
      end
      local named = type(health.upload_origins) == "table" and health.upload_origins or {}
      done(nil, vim.list_extend({ state.server_url }, named))
    end)
  end)
end

return M
