--- The agent's events, for ever: comes back after a break and asks for what it has missed.
local agent = require("hivesync.agent")
local sse = require("hivesync.sse")
local uv = vim.uv or vim.loop

local M = {}

local SILENCE_MILLISECONDS = 45000
local FIRST_PAUSE, LAST_PAUSE = 200, 10000

local running

local function connect(stream)
  local call = {
    method = "GET",
    path = "/v1/events",
    headers = { Accept = "text/event-stream", ["Cache-Control"] = "no-store" },
    silence_milliseconds = SILENCE_MILLISECONDS,
  }
  if stream.last_id ~= "" then
    call.headers["Last-Event-ID"] = stream.last_id
  end
  local parser = sse.new(function(event)
    stream.last_id, stream.pause = event.id, FIRST_PAUSE
    vim.schedule(function()
      -- Ours always carry JSON; one without data only moves the id.
      if running == stream and event.data ~= "" then
        stream.on_event(event)
      end
    end)
  end)
  function call.on_body(piece, reader)
    if reader.status == 200 then
      stream:connected(true)
      parser:feed(piece)
    end
  end
  agent.send(call, stream.ticket, function()
    stream:connected(false)
    stream:again()
  end)
end

local Stream = {}
Stream.__index = Stream

function Stream:connected(is_connected)
  if self.is_connected ~= is_connected then
    self.is_connected = is_connected
    vim.schedule(function()
      if running == self then
        self.on_connection(is_connected)
      end
    end)
  end
end

function Stream:again()
  if running ~= self then
    return
  end
  local pause = self.pause * (0.75 + math.random() / 2)
  self.pause = math.min(self.pause * 2, LAST_PAUSE)
  self.timer:start(math.floor(pause), 0, function()
    if running == self then
      connect(self)
    end
  end)
end

--- Listen. There is one stream an editor; `on_connection(true)` says that events flow again.
function M.start(on_event, on_connection)
  M.stop()
  running = setmetatable({
    on_event = on_event,
    on_connection = on_connection or function() end,
    last_id = "",
    pause = FIRST_PAUSE,
    timer = uv.new_timer(),
    ticket = {},
  }, Stream)
  connect(running)
end

function M.is_running()
  return running ~= nil
end

function M.stop()
  local stream = running
  running = nil
  if stream then
    stream.timer:stop()
    stream.timer:close()
    stream.ticket.cancelled = true
    if stream.ticket.held then
      stream.ticket.held:close()
    end
  end
end

return M
