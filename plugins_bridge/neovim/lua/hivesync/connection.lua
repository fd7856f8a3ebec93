--- A connection that has proven to end at our agent; before that nothing secret is written to it.
local discovery = require("hivesync.discovery")
local http = require("hivesync.http")
local json = require("hivesync.json")
local proof = require("hivesync.proof")
local version = require("hivesync.version")
local uv = vim.uv or vim.loop

local M = {}
M.__index = M

local PROOF_MILLISECONDS = 2000
local PROOF_BYTES = 16384

local function head(file, method, target, headers, length)
  local lines = {
    ("%s %s%s HTTP/1.1"):format(method, discovery.PREFIX, target),
    ("Host: 127.0.0.1:%d"):format(file.port),
    "X-HiveSync-Client: neovim/" .. version,
    ("X-HiveSync-Protocol: %d"):format(discovery.PROTOCOL),
  }
  for name, value in pairs(headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  if length then
    lines[#lines + 1] = "Content-Length: " .. length
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

--- Start or move the deadline of silence.
function M:_expect(milliseconds)
  self.timer:start(milliseconds, 0, function()
    self:_end("TIMEOUT")
  end)
end

--- Close, and tell whoever waits why.
function M:_end(reason)
  if self.closed then
    return
  end
  self.closed = true
  self.timer:stop()
  self.timer:close()
  self.socket:close()
  local waiting = self.waiting
  self.waiting = nil
  if self.on_closed then
    self.on_closed(self)
  end
  if waiting then
    waiting(reason)
  end
end

function M:close()
  self.waiting = nil
  self:_end("CLOSED")
end

function M:_received(data)
  if not self.reader then
    return self:_end("LOST") -- an idle connection has nothing to say
  end
  self.heard = self.heard or data ~= nil
  if self.silence then
    self:_expect(self.silence)
  end
  local outcome = self.reader:feed(data)
  if outcome == "bad" then
    return self:_end(data and "INVALID" or "LOST")
  end
  if outcome == "long" then
    return self:_end("TOO_LONG")
  end
  if outcome == "done" then
    self:_answered(data == nil)
  end
end

function M:_answered(at_end)
  local reader, waiting = self.reader, self.waiting
  self.reader, self.waiting = nil, nil
  self.timer:stop()
  if at_end or not reader:keeps_open() then
    self:_end("CLOSED")
  end
  waiting(nil, reader:answer())
end

function M:_write(text)
  self.socket:write(text, function(failure)
    if failure then
      self:_end("LOST")
    end
  end)
end

--- Send one request. `waiting` gets a reason, or nil and the answer.
function M:request(method, target, options, waiting)
  local body = options.body
  self.heard, self.silence = false, options.silence_milliseconds
  self.reader, self.waiting = http.new(options.on_body and function(piece)
    options.on_body(piece, self.reader)
  end), waiting
  self:_expect(self.silence)
  local headers = { Authorization = "Bearer " .. self.file.token }
  for name, value in pairs(options.headers or {}) do
    headers[name] = value
  end
  self:_write(head(self.file, method, target, headers, body and #body) .. (body or ""))
end

function M:_prove(done)
  local nonce = proof.nonce()
  self.reader = http.new(nil, PROOF_BYTES)
  self.waiting = function(reason, answer)
    local data = answer and answer.status == 200 and json.decode(answer.body)
    if data and proof.holds(self.file.token, nonce, data.proof) and not self.closed then
      return done(nil, self)
    end
    self:close()
    done(reason == "TIMEOUT" and "AGENT_UNPROVEN" or reason == "LOST" and "AGENT_STALE" or "AGENT_UNPROVEN")
  end
  self:_write(head(self.file, "GET", "/?nonce=" .. nonce, {}))
end

--- Connect and prove. `done` gets a reason, or nil and the connection.
function M.open(file, done)
  local self = setmetatable({ file = file, socket = uv.new_tcp(), timer = uv.new_timer() }, M)
  self.waiting = function()
    done("AGENT_STALE")
  end
  self:_expect(PROOF_MILLISECONDS)
  self.socket:connect("127.0.0.1", file.port, function(failure)
    if failure or self.closed then
      return self:_end("AGENT_STALE")
    end
    self.socket:nodelay(true)
    self.socket:read_start(function(broken, data)
      if broken then
        return self:_end("LOST")
      end
      self:_received(data)
    end)
    self:_prove(done)
  end)
  return self
end

return M
