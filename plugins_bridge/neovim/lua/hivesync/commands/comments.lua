--- `:HiveSync comments`: what was said about the current file; the cursor's line first.
local list = require("hivesync.list")
local client = require("hivesync.client")
local calls = require("hivesync.calls")
local plain = require("hivesync.plain")
local project = require("hivesync.project")
local tell = require("hivesync.tell")
local thread = require("hivesync.thread")

local function line(comment)
  local texts = plain.lines(comment.body)
  local more = #texts > 1 and " …" or ""
  return {
    { ("%5d  "):format(comment.target.line or 0), "HiveSyncKey" },
    { plain.line(comment.author_username or "somebody") .. "  ", "HiveSyncStrong" },
    texts[1] .. more,
  }
end

--- Those of the cursor's line first, then by line.
local function sorted(comments, cursor)
  local kept = vim.tbl_filter(function(comment)
    return not comment.deleted_at
  end, comments)
  local function rank(comment)
    return comment.target.line == cursor and 0 or comment.target.line or 0
  end
  table.sort(kept, function(one, other)
    if rank(one) ~= rank(other) then
      return rank(one) < rank(other)
    end
    return one.created_at < other.created_at
  end)
  return kept
end

local function target_of(place, number)
  return { kind = "file", path = place.path, line = number }
end

local function add(found, place)
  return function(_, comments)
    vim.ui.input({ prompt = ("Comment on line %d: "):format(place.line) }, function(text)
      thread.post(found, target_of(place, place.line), text, function(comment)
        table.insert(comments.items, 1, comment)
        comments:render()
      end)
    end)
  end
end

local function go_to(place)
  return function(comment, comments)
    comments:close()
    local last = vim.api.nvim_buf_line_count(place.buffer)
    vim.api.nvim_set_current_win(place.window)
    vim.api.nvim_win_set_cursor(place.window, { math.min(comment.target.line or 1, last), 0 })
  end
end

local function show(found, place, comments)
  list.open({
    title = "Comments · " .. plain.line(place.path),
    items = sorted(comments, place.line),
    line = line,
    empty = " Nobody has said anything about this file yet.",
    keys = {
      { "<CR>", "go to the line", go_to(place) },
      { "a", ("comment on line %d"):format(place.line), add(found, place), true },
    },
  })
end

return function()
  local path = project.path_of(0)
  local place = {
    buffer = vim.api.nvim_get_current_buf(),
    window = vim.api.nvim_get_current_win(),
    line = vim.api.nvim_win_get_cursor(0)[1],
  }
  if vim.fn.isdirectory(path) == 1 then
    return tell.failure({ message = "Comments are about a line of a file: open one first." })
  end
  project.find(path, function(found)
    place.path = project.relative(path, found.root)
    local query = "kind=file&limit=200&path=" .. calls.escaped(place.path)
    client.ask("GET", ("/api/v1/projects/%s/comments?%s"):format(found.id, query), nil, function(failure, page)
      if failure then
        return tell.failure(failure)
      end
      show(found, place, page.items)
    end)
  end)
end
