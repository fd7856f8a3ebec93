--- A small window in the corner that says what goes on; `:HiveSync stop` ends it.
local plain = require("hivesync.plain")
local view = require("hivesync.view")
local uv = vim.uv or vim.loop

local M = {}

local FRAMES = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" }
local FRAME_MILLISECONDS = 120

local running = {}

local Progress = {}
Progress.__index = Progress

local function place(row, width)
  return {
    relative = "editor",
    anchor = "SE",
    width = width,
    height = 1,
    row = vim.o.lines - vim.o.cmdheight - 1 - row,
    col = vim.o.columns - 1,
    style = "minimal",
    focusable = false,
  }
end

function Progress:_draw()
  if self.ended then
    return
  end
  self.frame = self.frame % #FRAMES + 1
  local text = ("%s · :HiveSync stop ends it "):format(self.text)
  local texts = view.fill(self.buffer, { { { (" %s "):format(FRAMES[self.frame]), "HiveSyncGood" }, text } })
  local row = vim.tbl_count(running) > 1 and self.row or 0
  local placed = place(row, vim.fn.strdisplaywidth(texts[1]))
  if self.window and vim.api.nvim_win_is_valid(self.window) then
    vim.api.nvim_win_set_config(self.window, placed)
  else
    placed.noautocmd = true
    self.window = vim.api.nvim_open_win(self.buffer, false, placed)
  end
end

function Progress:say(text)
  self.text = plain.line(text)
end

function Progress:finish()
  if self.ended then
    return
  end
  self.ended = true
  running[self] = nil
  self.timer:stop()
  self.timer:close()
  if self.window and vim.api.nvim_win_is_valid(self.window) then
    vim.api.nvim_win_close(self.window, true)
  end
  if vim.api.nvim_buf_is_valid(self.buffer) then
    vim.api.nvim_buf_delete(self.buffer, { force = true })
  end
end

--- Begin to show; `cancel` is called when the user stops it.
function M.start(text, cancel)
  local progress = setmetatable({
    buffer = view.buffer("progress"),
    timer = uv.new_timer(),
    frame = 0,
    cancel = cancel,
    row = vim.tbl_count(running),
  }, Progress)
  vim.bo[progress.buffer].bufhidden = "hide"
  progress:say(text)
  running[progress] = true
  progress.timer:start(0, FRAME_MILLISECONDS, vim.schedule_wrap(function()
    progress:_draw()
  end))
  return progress
end

--- Stop all that runs; give how many there were.
function M.stop_all()
  local stopped = 0
  for progress in pairs(running) do
    stopped = stopped + 1
    progress:finish()
    progress.cancel()
  end
  return stopped
end

return M
