--- Reads server-sent events from pieces of any size, by the WHATWG's rules.
local M = {}
M.__index = M

function M.new(on_event)
  return setmetatable({ rest = "", data = {}, id = "", on_event = on_event }, M)
end

function M:_dispatch()
  if #self.data > 0 then
    self.on_event({ id = self.id, type = self.type or "message", data = table.concat(self.data, "\n") })
  end
  self.data, self.type = {}, nil
end

function M:_line(line)
  if line == "" then
    return self:_dispatch()
  end
  local field, value = line:match("^([^:]*):? ?(.*)$")
  if field == "data" then
    self.data[#self.data + 1] = value
  elseif field == "event" then
    self.type = value
  elseif field == "id" and not value:find("\0", 1, true) then
    self.id = value
  end
end

function M:feed(piece)
  self.rest = self.rest .. piece
  local from = 1
  while true do
    local at = self.rest:find("[\r\n]", from)
    -- A CR at the very end may be half of a CR LF.
    if not at or at == #self.rest and self.rest:sub(at) == "\r" then
      break
    end
    self:_line(self.rest:sub(from, at - 1))
    from = self.rest:sub(at, at + 1) == "\r\n" and at + 2 or at + 1
  end
  self.rest = self.rest:sub(from)
end

return M
