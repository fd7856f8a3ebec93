--- JSON with nulls left out, since vim.NIL is true in a condition.
local M = {}

--- Give the value, or nil for what is no JSON.
function M.decode(text)
  local ok, value = pcall(vim.json.decode, text, { luanil = { object = true, array = true } })
  return ok and value or nil
end

function M.encode(value)
  return vim.json.encode(value)
end

return M
