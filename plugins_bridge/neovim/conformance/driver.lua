--- The conformance runner's way to this plugin: JSON, a line each, over the connection that it names.
--- Run by: nvim --clean --headless --cmd "set rtp^=plugins_bridge/neovim" -l … or -S this file.
local client = require("hivesync.client")
local events = require("hivesync.events")
local uv = vim.uv or vim.loop

local socket, rest = uv.new_tcp(), ""

local function say(message)
  socket:write(vim.json.encode(message) .. "\n")
end

--- Nulls must reach the runner as they came, so the plugin's own reader, which drops them, is not used.
local function decoded(text)
  local ok, value = pcall(vim.json.decode, text)
  return ok and value or vim.NIL
end

local actions = {}

function actions.call(order)
  local body = order.body
  if body == vim.NIL then
    body = nil
  end
  client.send(order.method, order.path, body, function(failure, answer)
    if failure then
      local told = { code = failure.code, message = failure.message }
      return say({ id = order.id, error = told })
    end
    say({ id = order.id, status = answer.status, body = decoded(answer.body) })
  end)
end

function actions.events(order)
  events.start(function(event)
    say({ event = { id = event.id, type = event.type, data = decoded(event.data) } })
  end)
  say({ id = order.id, ok = true })
end

function actions.mode(order)
  client.mode(function(mode, reason)
    say({ id = order.id, mode = mode, reason = reason })
  end)
end

function actions.stop(order)
  events.stop()
  socket:write(vim.json.encode({ id = order.id, ok = true }) .. "\n", vim.schedule_wrap(function()
    vim.cmd("qall!")
  end))
end

local function receive(data)
  rest = rest .. data
  while true do
    local line, more = rest:match("^([^\n]*)\n(.*)$")
    if not line then
      return
    end
    rest = more
    local order = vim.json.decode(line)
    actions[order["do"]](order)
  end
end

local host, port = os.getenv("HIVESYNC_CONFORMANCE_ADDRESS"):match("^(.*):(%d+)$")
socket:connect(host, tonumber(port), vim.schedule_wrap(function(failure)
  assert(not failure, failure)
  socket:read_start(vim.schedule_wrap(function(_, data)
    if not data then
      return vim.cmd("qall!")
    end
    receive(data)
  end))
end))
