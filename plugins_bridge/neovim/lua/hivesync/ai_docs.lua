--- Documentation of a file as a Markdown buffer, with its keys.
local diff = require("hivesync.diff")
local plain = require("hivesync.plain")
local tell = require("hivesync.tell")
local view = require("hivesync.view")

local M = {}

--- A buffer of many megabytes would be slow to edit and to highlight.
local BYTES_MAX = 1024 * 1024

local function add(lines, text)
  for _, line in ipairs(plain.lines(text)) do
    lines[#lines + 1] = line
  end
end

local function place_of(part)
  local at = part.line_start == part.line_end and ("line %d"):format(part.line_start)
    or ("lines %d–%d"):format(part.line_start, part.line_end)
  local symbol = plain.line(part.symbol or "")
  return symbol ~= "" and ("`%s` (%s)"):format(symbol, at) or at:gsub("^l", "L")
end

--- Give the Markdown's lines, and for each line of it the line of the source that it speaks of.
function M.markdown(title, result)
  local lines, sources = { "# " .. plain.line(title), "" }, {}
  add(lines, result.summary)
  if #(result.key_concepts or {}) > 0 then
    vim.list_extend(lines, { "", "## Key concepts", "" })
    for _, concept in ipairs(result.key_concepts) do
      lines[#lines + 1] = "- " .. plain.line(concept)
    end
  end
  for index, part in ipairs(result.explanations or {}) do
    vim.list_extend(lines, index == 1 and { "", "## Explanations" } or {})
    vim.list_extend(lines, { "", "### " .. place_of(part), "" })
    local from = #lines - 1
    add(lines, part.text)
    for row = from, #lines do
      sources[row] = part.line_start
    end
  end
  if result.suggested_diff then
    vim.list_extend(lines, { "", "## Suggested change", "", "`d` shows it beside the file, `a` applies it.", "", "```diff" })
    add(lines, result.suggested_diff:gsub("\n$", ""))
    lines[#lines + 1] = "```"
  end
  for index, note in ipairs(result.notes or {}) do
    lines[#lines + 1] = index == 1 and "" or nil
    lines[#lines + 1] = "> " .. plain.line(note)
  end
  local model = result.model and result.model ~= "" and ", " .. plain.line(result.model) or ""
  local fallback = result.fallback and " (the larger model could not be had)" or ""
  vim.list_extend(lines, { "", ("*Made by %s%s%s.*"):format(plain.line(result.engine), model, fallback) })
  return lines, sources
end

local function shortened(lines)
  local size = 0
  for index, line in ipairs(lines) do
    size = size + #line + 1
    if size > BYTES_MAX then
      local kept = vim.list_slice(lines, 1, index - 1)
      vim.list_extend(kept, { line:sub(1, 1000), "", "> The answer is too long to be shown whole." })
      return kept
    end
  end
  return lines
end

local function go_to(buffer, line)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 and line then
    vim.api.nvim_set_current_win(window)
    vim.api.nvim_win_set_cursor(window, { math.min(line, vim.api.nvim_buf_line_count(buffer)), 0 })
  end
end

--- Show the result beside its file. `<CR>` goes to the lines that a part speaks of.
function M.show(source, title, result)
  local lines, sources = M.markdown(title, result)
  local buffer, window = view.split("docs", "markdown", "botright vsplit")
  view.fill(buffer, shortened(lines))
  vim.b[buffer].hivesync_source = source
  vim.wo[window].conceallevel = 2
  vim.api.nvim_win_set_cursor(window, { 1, 0 })
  view.map(buffer, "<CR>", function()
    go_to(source, sources[vim.api.nvim_win_get_cursor(0)[1]])
  end)
  for key, act in pairs({ d = diff.show, a = diff.apply }) do
    view.map(buffer, key, function()
      if not result.suggested_diff then
        return tell.info("No change is suggested.")
      end
      if vim.api.nvim_buf_is_valid(source) then
        act(source, result.suggested_diff)
      end
    end)
  end
end

return M
