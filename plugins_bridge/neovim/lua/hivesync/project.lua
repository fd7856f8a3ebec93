--- Which project a file belongs to: the linked folder around it, or the one that the user picks.
local client = require("hivesync.client")
local plain = require("hivesync.plain")
local tell = require("hivesync.tell")

local M = {}

local MARKS = { ".git", "package.json", "pyproject.toml", "Cargo.toml", "go.mod" }
local picked = {}

--- The project's folder as far as it can be told without the agent.
function M.folder_of(path)
  local folder = vim.fn.isdirectory(path) == 1 and path or vim.fn.fnamemodify(path, ":h")
  local around = folder
  while true do
    for _, mark in ipairs(MARKS) do
      if vim.fn.getftype(around .. "/" .. mark) ~= "" then
        return around
      end
    end
    local above = vim.fn.fnamemodify(around, ":h")
    if above == around then
      return folder
    end
    around = above
  end
end

--- The path of a file inside a folder, with "/" between names.
function M.relative(path, root)
  return path:sub(1, #root + 1) == root .. "/" and path:sub(#root + 2) or vim.fn.fnamemodify(path, ":t")
end

local function linked_around(items, path)
  local best
  for _, item in ipairs(items) do
    local inside = path == item.root or path:sub(1, #item.root + 1) == item.root .. "/"
    if inside and (not best or #item.root > #best.root) then
      best = item
    end
  end
  return best
end

local function link(folder, project_id, done)
  client.ask("POST", "/v1/projects", { path = folder, project_id = project_id }, function(failure, made)
    if failure then
      return tell.failure(failure)
    end
    done({ id = made.id, name = made.name, root = made.root })
  end)
end

local function choose(folder, can_link, done)
  client.ask("GET", "/api/v1/projects?limit=100", nil, function(failure, page)
    if failure then
      return tell.failure(failure)
    end
    local choices = vim.list_slice(page.items)
    if can_link then
      choices[#choices + 1] = { name = ("Make a project of %s"):format(folder) }
    end
    vim.ui.select(choices, {
      prompt = "Which project is this?",
      format_item = function(project)
        return plain.line(project.name)
      end,
    }, function(project)
      if not project then
        return
      end
      if can_link then
        return link(folder, project.id, done)
      end
      picked[folder] = { id = project.id, name = project.name, root = folder }
      done(picked[folder])
    end)
  end)
end

--- Find the project of a path: `done({id, name, root})`. Asks the user where no folder is linked.
function M.find(path, done)
  local folder = M.folder_of(path)
  client.ask("GET", "/v1/projects", nil, function(failure, page)
    local found = not failure and linked_around(page.items, path) or picked[folder]
    if found then
      return done(found)
    end
    choose(folder, not failure, done)
  end)
end

--- Another user may have signed in, to whom these projects mean nothing.
function M.forget()
  picked = {}
end

--- The buffer that the current window is about: beside documentation, the one that was documented.
function M.current_buffer()
  local source = vim.b.hivesync_source
  return source and vim.api.nvim_buf_is_valid(source) and source or vim.api.nvim_get_current_buf()
end

--- The absolute path of a buffer's file, or the working folder.
function M.path_of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == "" or name:match("^%w+://") or vim.bo[buffer].buftype ~= "" then
    return (vim.uv or vim.loop).cwd()
  end
  return vim.fn.fnamemodify(name, ":p")
end

return M
