--- Build errors where the editor shows its own: as diagnostics and in the quickfix list.
local plain = require("hivesync.plain")

local M = {}

local space = vim.api.nvim_create_namespace("hivesync")
local known = {}
local shown = {}

local function in_buffers(all)
  vim.diagnostic.reset(space)
  shown = all
  local of_buffer = {}
  for _, found in ipairs(all) do
    local buffer = vim.fn.bufadd(found.path)
    of_buffer[buffer] = of_buffer[buffer] or {}
    table.insert(of_buffer[buffer], {
      lnum = math.max(found.line - 1, 0),
      col = math.max(found.column - 1, 0),
      severity = vim.diagnostic.severity.ERROR,
      source = "HiveSync",
      code = found.code,
      message = found.text,
    })
  end
  for buffer, list in pairs(of_buffer) do
    -- Not loaded for it: what runs when a file is opened must not run for one that nobody has opened.
    if vim.api.nvim_buf_is_loaded(buffer) then
      vim.diagnostic.set(space, buffer, list)
    end
  end
end

vim.api.nvim_create_autocmd("BufReadPost", {
  group = vim.api.nvim_create_augroup("hivesync-diagnostics", {}),
  callback = function()
    in_buffers(shown)
  end,
})

local function in_quickfix(all)
  local items = {}
  for _, found in ipairs(all) do
    items[#items + 1] = {
      filename = found.path,
      lnum = found.line,
      col = found.column,
      text = found.text,
      type = "E",
    }
  end
  local is_ours = vim.fn.getqflist({ title = 0 }).title == "HiveSync"
  if #items > 0 or is_ours then
    vim.fn.setqflist({}, is_ours and "r" or " ", { title = "HiveSync", items = items })
  end
end

--- Take all that is wrong by the last build of a preview; an empty list clears it.
function M.show(preview_id, diagnostics)
  known[preview_id] = diagnostics
  local all = {}
  for _, list in pairs(known) do
    for _, each in ipairs(list) do
      if type(each.path) == "string" and each.path ~= "" and vim.fn.filereadable(each.path) == 1 then
        local hint = each.hint and " — " .. each.hint or ""
        all[#all + 1] = vim.tbl_extend("force", each, { text = plain.line((each.message or "") .. hint) })
      end
    end
  end
  in_buffers(all)
  in_quickfix(all)
  return #all
end

return M
