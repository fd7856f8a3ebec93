--- A list in a window, a line an item, with keys that act on the item under the cursor.
local view = require("hivesync.view")

local M = {}

local List = {}
List.__index = List

function List:_lines()
  local lines = {}
  for index, item in ipairs(self.items) do
    lines[index] = self.line(item)
  end
  if #lines == 0 then
    lines[1] = { { self.empty, "HiveSyncHint" } }
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = view.keys(self.hints)
  return lines
end

--- Show the items anew; the cursor stays where it is.
function List:render(items)
  self.items = items or self.items
  self.float:show(self:_lines())
end

function List:item()
  return self.items[vim.api.nvim_win_get_cursor(self.float.window)[1]]
end

function List:close()
  self.float:close()
end

--- `keys`: {key, what it does, function(item, list), needs_no_item} in the order in which they are told.
function M.open(options)
  local list = setmetatable(options, List)
  list.hints = {}
  for _, key in ipairs(options.keys) do
    vim.list_extend(list.hints, { key[1], key[2] })
  end
  vim.list_extend(list.hints, { "q", "close" })
  list.float = view.float(options.title, list:_lines(), { cursorline = true, wrap = false, width = 64 })
  for _, key in ipairs(options.keys) do
    view.map(list.float.buffer, key[1], function()
      local item = list:item()
      if item or key[4] then
        key[3](item, list)
      end
    end)
  end
  return list
end

return M
