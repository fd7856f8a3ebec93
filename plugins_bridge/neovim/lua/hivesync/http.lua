--- Reads one HTTP/1.1 answer from pieces of any size. Refuses what could be read in two ways.
local M = { TOO_LONG = "The answer is longer than an editor can take." }
M.__index = M

local HEAD_BYTES = 65536
--- As much as the agent takes of a backend's answer: nobody means to show more of it.
local ANSWER_BYTES = 16 * 1024 * 1024

--- `on_body` gets each piece of the body, however many come; without it the body is collected, up to `bytes_max`.
function M.new(on_body, bytes_max)
  return setmetatable({
    rest = "",
    state = "head",
    pieces = {},
    taken = 0,
    on_body = on_body,
    left = 0,
    bytes_max = on_body and math.huge or bytes_max or ANSWER_BYTES,
  }, M)
end

local function parsed_head(text)
  local status = text:match("^HTTP/1%.[01] (%d%d%d)[ \r]")
  if not status then
    return nil
  end
  local headers = {}
  for line in text:gmatch("\r\n([^\r\n]+)") do
    local name, value = line:match("^([%w!#$%%&'*+.^_`|~-]+):[ \t]*(.-)[ \t]*$")
    if not name or headers[name:lower()] and name:lower() == "content-length" then
      return nil
    end
    headers[name:lower()] = value
  end
  return { status = tonumber(status), headers = headers }
end

function M:_take(piece)
  self.taken = self.taken + #piece
  if piece == "" or self.taken > self.bytes_max then
    return
  end
  if self.on_body then
    self.on_body(piece)
  else
    self.pieces[#self.pieces + 1] = piece
  end
end

function M:_begin(head)
  self.status, self.headers = head.status, head.headers
  local length, coding = head.headers["content-length"], head.headers["transfer-encoding"]
  if coding then
    if length or coding:lower() ~= "chunked" then
      return false
    end
    self.state = "size"
  elseif head.status == 204 or head.status == 304 then
    self.state = "done"
  elseif length then
    if not length:match("^%d+$") or #length > 15 then
      return false
    end
    self.left = tonumber(length)
    self.state = self.left == 0 and "done" or "body"
  else
    self.state = "close"
  end
  return true
end

local steps = {}

function steps.head(self)
  local last = select(2, self.rest:find("\r\n\r\n", 1, true))
  if not last then
    return #self.rest > HEAD_BYTES and "bad" or "more"
  end
  local head = parsed_head(self.rest:sub(1, last - 2))
  self.rest = self.rest:sub(last + 1)
  if head and head.status >= 100 and head.status < 200 then
    return head.status == 101 and "bad" or nil
  end
  return (not head or not self:_begin(head)) and "bad" or nil
end

function steps.body(self)
  local piece = self.rest:sub(1, self.left)
  self.rest, self.left = self.rest:sub(#piece + 1), self.left - #piece
  self:_take(piece)
  if self.left > 0 then
    return "more"
  end
  self.state = self.state == "chunk" and "chunk_end" or "done"
end

steps.chunk = steps.body

function steps.size(self)
  local line, rest = self.rest:match("^([^\r\n]*)\r\n(.*)$")
  if not line then
    return #self.rest > 1024 and "bad" or "more"
  end
  local size = line:match("^(%x+)%s*$") or line:match("^(%x+)%s*;")
  if not size or #size > 12 then
    return "bad"
  end
  self.rest, self.left = rest, tonumber(size, 16)
  self.state = self.left == 0 and "trailer" or "chunk"
end

function steps.chunk_end(self)
  if #self.rest < 2 then
    return "more"
  end
  if self.rest:sub(1, 2) ~= "\r\n" then
    return "bad"
  end
  self.rest, self.state = self.rest:sub(3), "size"
end

function steps.trailer(self)
  local line, rest = self.rest:match("^([^\r\n]*)\r\n(.*)$")
  if not line then
    return #self.rest > HEAD_BYTES and "bad" or "more"
  end
  self.rest = rest
  self.state = line == "" and "done" or "trailer"
end

function steps.close(self)
  self:_take(self.rest)
  self.rest = ""
  return "more"
end

--- Take bytes; nil stands for the end of the connection. Gives "more", "done", "bad" or, if there are more than are
--- wanted, "long".
function M:feed(data)
  if data == nil then
    self.state = self.state == "close" and "done" or self.state
    return self.state == "done" and "done" or "bad"
  end
  self.rest = self.rest == "" and data or self.rest .. data
  while self.state ~= "done" do
    local outcome = steps[self.state](self)
    -- What is announced counts, too: nobody waits for what is not wanted.
    if self.taken + self.left > self.bytes_max then
      return "long"
    end
    if outcome then
      return outcome
    end
  end
  return "done"
end

--- Tell whether another answer may follow on the same connection.
function M:keeps_open()
  return self.rest == "" and (self.headers.connection or ""):lower() ~= "close"
end

function M:answer()
  return { status = self.status, headers = self.headers, body = table.concat(self.pieces) }
end

return M
