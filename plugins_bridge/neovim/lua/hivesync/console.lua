--- What the app on a phone writes, kept and shown in a buffer that grows.
local plain = require("hivesync.plain")
local settings = require("hivesync.settings")
local view = require("hivesync.view")

local M = {}

local LINES_MAX = 2000
local HIGHLIGHTS = { error = "HiveSyncBad", warn = "HiveSyncWarn", info = "HiveSyncGood", debug = "HiveSyncHint" }

local lines, buffer, window, has_opened = {}, nil, nil, false

local function draw()
  if not (buffer and vim.api.nvim_buf_is_valid(buffer)) then
    return
  end
  view.fill(buffer, #lines > 0 and lines or { { { "Nothing yet: what the app on the phone writes appears here.", "HiveSyncHint" } } })
  if vim.api.nvim_win_is_valid(window) and vim.api.nvim_get_current_win() ~= window then
    vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(buffer), 0 })
  end
end

local function keep(line)
  lines[#lines + 1] = line
  if #lines > LINES_MAX then
    table.remove(lines, 1)
  end
end

local function keep_entry(device, entry)
  local highlight = HIGHLIGHTS[entry.level]
  local place = entry.file and entry.file ~= "" and ("  %s:%d"):format(plain.line(entry.file), entry.line or 0) or ""
  for index, text in ipairs(plain.lines(entry.text)) do
    local label = index == 1 and ("%s %-5s "):format(device, plain.line(entry.level)) or "  "
    keep({
      { label, "HiveSyncHint" },
      highlight and { text, highlight } or text,
      { index == 1 and place or "", "HiveSyncHint" },
    })
  end
end

--- Take a `device.console` event.
function M.add(event)
  local device = plain.line(event.device and event.device.name or "phone")
  for _, entry in ipairs(event.lines or {}) do
    keep_entry(device, entry)
  end
  if (event.dropped or 0) > 0 then
    keep({ { ("… and %d more lines, too many to tell"):format(event.dropped), "HiveSyncHint" } })
  end
  if settings.get().open_console and not has_opened then
    local before = vim.api.nvim_get_current_win()
    M.open()
    vim.api.nvim_set_current_win(before)
  end
  draw()
end

function M.open()
  has_opened = true
  buffer, window = view.split("console", "hivesync", "botright 10split")
  draw()
  vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(buffer), 0 })
end

return M
