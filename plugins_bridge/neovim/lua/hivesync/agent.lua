--- The way to this machine's agent: proven connections, kept while they are used; follows its restarts.
local connection = require("hivesync.connection")
local discovery = require("hivesync.discovery")
local uv = vim.uv or vim.loop

local M = {}

local OPEN_MAX = 8
local IDLE_MILLISECONDS = 30000
local SILENCE_MILLISECONDS = 90000

local file, idle, queue, open_count = nil, {}, {}, 0
local serve_queue

local function forget(held)
  for index, other in ipairs(idle) do
    if other == held then
      return table.remove(idle, index)
    end
  end
end

local function close_idle()
  for _, held in ipairs(vim.list_slice(idle)) do
    held:close()
  end
end

--- Give the discovery file as it is now, read anew only when it was written anew.
local function current()
  local stamp = discovery.stamp()
  if file and stamp == file.stamp then
    return file
  end
  close_idle()
  local reason
  file, reason = discovery.read()
  return file, reason
end

local function closed(held)
  forget(held)
  open_count = open_count - 1
  serve_queue()
end

local function acquire(found, done)
  local held = table.remove(idle)
  if held then
    held.timer:stop()
    return done(nil, held, true)
  end
  if open_count >= OPEN_MAX then
    queue[#queue + 1] = { found, done }
    return
  end
  open_count = open_count + 1
  connection.open(found, done).on_closed = closed
end

function serve_queue()
  local waiting = table.remove(queue, 1)
  if waiting then
    acquire(unpack(waiting))
  end
end

local function release(held)
  if held.closed then
    return
  end
  if held.file ~= file then
    return held:close()
  end
  idle[#idle + 1] = held
  held.timer:start(IDLE_MILLISECONDS, 0, function()
    held:close()
  end)
  serve_queue()
end

--- Send on a connection. A kept one may have died unnoticed: then another is opened, once.
local function exchange(found, call, ticket, done)
  acquire(found, function(reason, held, was_kept)
    if reason then
      return done(reason)
    end
    if ticket.cancelled then
      release(held)
      return
    end
    ticket.held = held
    held:request(call.method, call.path, {
      body = call.body,
      headers = call.headers,
      on_body = call.on_body,
      silence_milliseconds = call.silence_milliseconds or SILENCE_MILLISECONDS,
    }, function(failure, answer)
      ticket.held = nil
      if failure == "LOST" and was_kept and not held.heard then
        return exchange(found, call, ticket, done)
      end
      release(held)
      done(failure, answer)
    end)
  end)
end

--- Tell whether an agent can be found, without asking it.
function M.found()
  local found, reason = current()
  return found ~= nil, reason, found
end

--- Send the call: `done` gets a reason code, or nil and the answer. `ticket` may be cancelled.
function M.send(call, ticket, done)
  local found, reason = current()
  if not found then
    return done(reason)
  end
  local asked_anew = false
  exchange(found, call, ticket, function(failure, answer)
    local is_ours = answer and answer.status == 401 and answer.headers["x-hivesync-agent"]
    if is_ours and not asked_anew and discovery.stamp() ~= found.stamp then
      asked_anew = true
      local newer, gone = current()
      if not newer then
        return done(gone)
      end
      return exchange(newer, call, ticket, done)
    end
    done(failure, answer)
  end)
end

--- Ask for the proof alone.
function M.probe(done)
  local found, reason = current()
  if not found then
    return done(reason)
  end
  acquire(found, function(failure, held)
    if failure then
      return done(failure)
    end
    release(held)
    done(nil)
  end)
end

function M.close()
  queue = {}
  close_idle()
end

return M
