--- A thread of comments in a window, and how one is added.
local client = require("hivesync.client")
local plain = require("hivesync.plain")
local tell = require("hivesync.tell")
local times = require("hivesync.times")
local view = require("hivesync.view")

local M = {}

--- Add a comment; `done` gets it, or the text as it waits for the network.
function M.post(found, target, text, done)
  if not text or vim.trim(text) == "" then
    return
  end
  local path = ("/api/v1/projects/%s/comments"):format(found.id)
  client.ask("POST", path, { target = target, body = text }, function(failure, comment, answer)
    if failure then
      return tell.failure(failure)
    end
    if tell.queued(answer) then
      comment = { body = text, target = target, author_username = "you", created_at = "" }
    end
    done(comment)
  end)
end

local function lines_of(head, comments)
  local lines = vim.list_slice(head)
  for _, comment in ipairs(comments) do
    if not comment.deleted_at then
      local at = times.minute(comment.created_at)
      vim.list_extend(lines, {
        "",
        { { " " .. plain.line(comment.author_username or "somebody"), "HiveSyncStrong" }, { "  " .. at, "HiveSyncHint" } },
      })
      for _, text in ipairs(plain.lines(comment.body)) do
        lines[#lines + 1] = "   " .. text
      end
    end
  end
  vim.list_extend(lines, { "", view.keys({ "c", "comment", "q", "close" }) })
  return lines
end

--- Show a head, and below it the comments of `query`; `c` adds one to `target`.
function M.open(found, options)
  local path = ("/api/v1/projects/%s/comments?limit=200&%s"):format(found.id, options.query)
  client.ask("GET", path, nil, function(failure, page)
    if failure then
      return tell.failure(failure)
    end
    local comments = page.items
    local float = view.float(options.title, lines_of(options.head, comments), { name = "thread", width = 64 })
    view.map(float.buffer, "c", function()
      vim.ui.input({ prompt = "Comment: " }, function(text)
        M.post(found, options.target, text, function(comment)
          table.insert(comments, comment)
          float:show(lines_of(options.head, comments))
        end)
      end)
    end)
  end)
end

return M
