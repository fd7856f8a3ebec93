--- Windows and scratch buffers. What is put into them is text and never obeyed.
local M = {}

local marks = vim.api.nvim_create_namespace("hivesync-view")

local HIGHLIGHTS = {
  HiveSyncTitle = "Title",
  HiveSyncHint = "Comment",
  HiveSyncGood = "DiagnosticInfo",
  HiveSyncWarn = "DiagnosticWarn",
  HiveSyncBad = "DiagnosticError",
  HiveSyncStrong = "Function",
  HiveSyncKey = "Special",
}
for name, linked in pairs(HIGHLIGHTS) do
  vim.api.nvim_set_hl(0, name, { default = true, link = linked })
end

--- Replace all lines. A line is a text, or a list of texts and {text, highlight}.
function M.fill(buffer, lines)
  local texts, spots = {}, {}
  for row, line in ipairs(lines) do
    local text = ""
    for _, part in ipairs(type(line) == "table" and line or { line }) do
      local piece = type(part) == "table" and part[1] or part
      if type(part) == "table" then
        spots[#spots + 1] = { row - 1, #text, #text + #piece, part[2] }
      end
      text = text .. piece
    end
    texts[row] = text
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, texts)
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(buffer, marks, 0, -1)
  for _, spot in ipairs(spots) do
    vim.api.nvim_buf_set_extmark(buffer, marks, spot[1], spot[2], { end_col = spot[3], hl_group = spot[4] })
  end
  return texts
end

function M.buffer(name, filetype)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].modeline = false
  pcall(vim.api.nvim_buf_set_name, buffer, "hivesync://" .. name)
  vim.bo[buffer].filetype = filetype or "hivesync"
  return buffer
end

function M.map(buffer, key, act)
  vim.keymap.set("n", key, act, { buffer = buffer, nowait = true, silent = true })
end

--- Give the buffer of this name, if it is shown somewhere.
local function shown(name)
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if vim.api.nvim_buf_get_name(buffer):match("hivesync://(.*)$") == name then
      return buffer, window
    end
  end
end

--- Show a scratch buffer in a split, or in the one that shows it already.
function M.split(name, filetype, how)
  local buffer, window = shown(name)
  if buffer then
    vim.api.nvim_set_current_win(window)
    return buffer, window
  end
  vim.cmd(how or "botright vsplit")
  window = vim.api.nvim_get_current_win()
  buffer = M.buffer(name, filetype)
  vim.api.nvim_win_set_buf(window, buffer)
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  vim.wo[window].number = false
  vim.wo[window].relativenumber = false
  vim.wo[window].signcolumn = "no"
  M.map(buffer, "q", function()
    pcall(vim.api.nvim_win_close, window, true)
  end)
  return buffer, window
end

local function wrapped(text, columns)
  local lines = { "" }
  for word in text:gmatch("%S+") do
    local longer = lines[#lines] == "" and word or lines[#lines] .. " " .. word
    if lines[#lines] ~= "" and vim.fn.strdisplaywidth(longer) > columns then
      lines[#lines + 1] = word
    else
      lines[#lines] = longer
    end
  end
  return lines
end

--- How many rows of the screen the texts take, if those that are too long are wrapped at blanks.
local function rows_of(texts, columns)
  local rows = 0
  for _, text in ipairs(texts) do
    local solid = text:gsub("^ +", function(indent)
      return ("."):rep(#indent)
    end)
    rows = rows + #wrapped(solid, columns)
  end
  return rows
end

local function placed(title, texts, wraps, wanted_width)
  local width = wanted_width or 20
  for _, text in ipairs(texts) do
    width = math.max(width, vim.fn.strdisplaywidth(text))
  end
  width = math.min(math.max(width, #title + 4), vim.o.columns - 4)
  local height = math.max(1, math.min(wraps and rows_of(texts, width) or #texts, vim.o.lines - 4))
  local place = {
    relative = "editor",
    width = width,
    height = height,
    row = math.max(0, math.floor((vim.o.lines - height - 3) / 2)),
    col = math.floor((vim.o.columns - width) / 2),
    style = "minimal",
    border = "rounded",
  }
  if vim.fn.has("nvim-0.9") == 1 then
    place.title, place.title_pos = " " .. title .. " ", "center"
  end
  return place
end

local Float = {}
Float.__index = Float

function Float:is_open()
  return vim.api.nvim_win_is_valid(self.window)
end

function Float:close()
  if self:is_open() then
    vim.api.nvim_win_close(self.window, true)
  end
end

function Float:show(lines)
  if self:is_open() then
    local texts = M.fill(self.buffer, lines)
    vim.api.nvim_win_set_config(self.window, placed(self.title, texts, self.wraps, self.width))
  end
end

--- Show lines in a window above all others. `q` and Escape close it.
function M.float(title, lines, options)
  options = options or {}
  local buffer = M.buffer(options.name or title:lower(), options.filetype)
  local texts = M.fill(buffer, lines)
  local wraps = options.wrap ~= false
  local window = vim.api.nvim_open_win(buffer, true, placed(title, texts, wraps, options.width))
  vim.wo[window].wrap = wraps
  vim.wo[window].linebreak = true
  vim.wo[window].cursorline = options.cursorline or false
  vim.wo[window].winhighlight = "NormalFloat:Normal,FloatTitle:HiveSyncTitle"
  local float = { buffer = buffer, window = window, title = title, wraps = wraps, width = options.width }
  setmetatable(float, Float)
  for _, key in ipairs({ "q", "<Esc>" }) do
    M.map(buffer, key, function()
      float:close()
    end)
  end
  return float
end

local PASSING_COLUMNS, PASSING_MILLISECONDS = 72, 8000

local passing

--- Show a text in a window that goes by itself, or with the next one, and takes no key.
function M.passing(text, highlight)
  local buffer = M.buffer("message")
  local lines = vim.tbl_map(function(line)
    return " " .. line .. " "
  end, wrapped(text, math.min(PASSING_COLUMNS, vim.o.columns - 6)))
  local place = placed("", M.fill(buffer, lines), false)
  place.row, place.focusable, place.title, place.title_pos = 1, false, nil, nil
  place.zindex = 150 -- above windows like ours, whose default is 50
  if passing and vim.api.nvim_win_is_valid(passing) then
    vim.api.nvim_win_close(passing, true)
  end
  local window = vim.api.nvim_open_win(buffer, false, place)
  passing = window
  vim.wo[window].wrap = true
  vim.wo[window].winhighlight = "NormalFloat:" .. highlight
  vim.defer_fn(function()
    pcall(vim.api.nvim_win_close, window, true)
  end, PASSING_MILLISECONDS)
end

--- A line of keys and what they do.
function M.keys(pairs_of)
  local line = {}
  for index = 1, #pairs_of, 2 do
    line[#line + 1] = { (index > 1 and "   " or " ") .. pairs_of[index], "HiveSyncKey" }
    line[#line + 1] = { " " .. pairs_of[index + 1], "HiveSyncHint" }
  end
  return line
end

return M
