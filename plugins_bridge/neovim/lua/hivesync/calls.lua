--- One call before it is known who answers it. Refuses a path that could name another host.
local json = require("hivesync.json")
local sha256 = require("hivesync.sha256")
local uv = vim.uv or vim.loop

local M = {}

local METHODS = { GET = true, POST = true, PUT = true, PATCH = true, DELETE = true }

local function key()
  local text = sha256.hex(assert(uv.random(16)))
  return ("%s-%s-4%s-a%s-%s"):format(
    text:sub(1, 8),
    text:sub(9, 12),
    text:sub(14, 16),
    text:sub(18, 20),
    text:sub(21, 32)
  )
end

function M.is_local(call)
  return call.path:sub(1, 5) ~= "/api/"
end

--- Give the call, or nil for one that is never sent.
function M.new(method, path, body)
  local is_path = path:match("^/[%w%p]*$") and not path:match("^//") and not path:find("[\\#]")
  if not METHODS[method] or not is_path then
    return nil
  end
  local call = { method = method, path = path, headers = { Accept = "application/json" } }
  if body ~= nil then
    call.body = json.encode(body)
    call.headers["Content-Type"] = "application/json"
  end
  if method ~= "GET" then
    call.key = key()
    call.headers["Idempotency-Key"] = call.key
  end
  return call
end

--- Percent-encode a value of a query.
function M.escaped(value)
  return (tostring(value):gsub("[^%w._~-]", function(character)
    return ("%%%02X"):format(character:byte())
  end))
end

return M
