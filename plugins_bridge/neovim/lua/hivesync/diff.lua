--- A suggested change: shown in the editor's own diff mode, applied on request and only where it still fits.
local plain = require("hivesync.plain")
local tell = require("hivesync.tell")
local view = require("hivesync.view")

local M = {}

--- Give the hunks: each with its first line and the lines before and after; nil for what is no unified diff.
function M.hunks(text)
  local hunks, current = {}, nil
  for _, line in ipairs(vim.split(text, "\n", { plain = true })) do
    local from, count = line:match("^@@ %-(%d+),?(%d*) %+%d+,?%d* @@")
    if from then
      -- A hunk without old lines stands behind the line that it names.
      current = { from = tonumber(from) + (count == "0" and 1 or 0), old = {}, new = {} }
      hunks[#hunks + 1] = current
    elseif current then
      local sign, rest = line:sub(1, 1), line:sub(2)
      if sign == " " or sign == "-" then
        table.insert(current.old, rest)
      end
      if sign == " " or sign == "+" then
        table.insert(current.new, rest)
      end
    end
  end
  return #hunks > 0 and hunks or nil
end

local function fits(lines, hunk, at)
  for index, text in ipairs(hunk.old) do
    if lines[at + index - 1] ~= text then
      return false
    end
  end
  return at >= 1 and at + #hunk.old - 1 <= #lines
end

--- Give where the hunk fits: at its own line, else at the only place where it does.
local function place(lines, hunk, first)
  if hunk.from >= first and fits(lines, hunk, hunk.from) then
    return hunk.from
  end
  local found
  for at = first, #lines do
    if #hunk.old > 0 and fits(lines, hunk, at) then
      if found then
        return nil
      end
      found = at
    end
  end
  return found
end

--- Give the places of all hunks in these lines, or nil if one does not fit any more.
function M.places(lines, hunks)
  local places, first = {}, 1
  for index, hunk in ipairs(hunks) do
    local at = place(lines, hunk, first)
    if not at then
      return nil
    end
    places[index], first = at, at + #hunk.old
  end
  return places
end

local function change(buffer, hunks, places)
  for index = #hunks, 1, -1 do
    local at = places[index] - 1
    vim.api.nvim_buf_set_lines(buffer, at, at + #hunks[index].old, false, hunks[index].new)
  end
end

local function placed(buffer, text)
  local hunks = M.hunks(text)
  local places = hunks and M.places(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), hunks)
  if not places then
    tell.warning("The file has changed: the suggestion does not fit any more. Ask again with :HiveSync docs.")
    return nil
  end
  return hunks, places
end

local function go_to(buffer)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd("leftabove vertical sbuffer " .. buffer)
  end
  return vim.api.nvim_get_current_win()
end

--- Change the buffer and go there, so that one `u` takes it back. Gives whether it was done.
function M.apply(buffer, text)
  local hunks, places = placed(buffer, text)
  if not hunks then
    return false
  end
  change(buffer, hunks, places)
  vim.api.nvim_win_set_cursor(go_to(buffer), { math.min(places[1], vim.api.nvim_buf_line_count(buffer)), 0 })
  tell.info("The suggestion is applied; u takes it back.")
  return true
end

--- Show file and suggestion side by side. In the copy `a` applies it, `q` ends.
function M.show(buffer, text)
  local hunks, places = placed(buffer, text)
  if not hunks then
    return
  end
  local source = go_to(buffer)
  local filetype = vim.bo[buffer].filetype
  local name = plain.line(vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":t"))
  local copy, window = view.split("suggestion/" .. name, filetype, "rightbelow vsplit")
  vim.bo[copy].modifiable = true
  vim.api.nvim_buf_set_lines(copy, 0, -1, false, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
  change(copy, hunks, places)
  vim.bo[copy].modifiable = false
  vim.b[copy].hivesync_source = buffer
  local function both(command)
    for _, each in ipairs({ source, window }) do
      if vim.api.nvim_win_is_valid(each) then
        vim.api.nvim_win_call(each, function()
          vim.cmd(command)
        end)
      end
    end
  end
  both("diffthis")
  vim.wo[window].statusline = " Suggested    a apply   q close"
  local function close()
    both("diffoff")
    pcall(vim.api.nvim_win_close, window, true)
  end
  view.map(copy, "q", close)
  view.map(copy, "a", function()
    if M.apply(buffer, text) then
      close()
    end
  end)
end

return M
