--- `:HiveSync tasks`: the project's tasks; their status, their comments, a new one.
local client = require("hivesync.client")
local list = require("hivesync.list")
local plain = require("hivesync.plain")
local project = require("hivesync.project")
local tell = require("hivesync.tell")
local thread = require("hivesync.thread")
local times = require("hivesync.times")

local STATUSES = { "open", "in_progress", "blocked", "done" }
local LOOK = {
  open = { "○", "HiveSyncHint" },
  in_progress = { "◐", "HiveSyncWarn" },
  blocked = { "✗", "HiveSyncBad" },
  done = { "●", "HiveSyncGood" },
}

local function words(status)
  return (tostring(status):gsub("_", " "))
end

local function line(task)
  local look = LOOK[task.status] or LOOK.open
  local due = task.due_at and "  due " .. times.day(task.due_at) or ""
  return {
    { (" %s "):format(look[1]), look[2] },
    plain.line(task.title),
    { ("  %s%s"):format(words(task.status), due), "HiveSyncHint" },
  }
end

local function change_status(found)
  return function(task, tasks)
    vim.ui.select(STATUSES, { prompt = "Status of " .. plain.line(task.title), format_item = words }, function(status)
      if not status then
        return
      end
      local path = ("/api/v1/projects/%s/tasks/%s"):format(found.id, task.id)
      client.ask("PATCH", path, { status = status }, function(failure, _, answer)
        if failure then
          return tell.failure(failure)
        end
        tell.queued(answer)
        task.status = status
        tasks:render()
      end)
    end)
  end
end

local function add(found)
  return function(_, tasks)
    vim.ui.input({ prompt = "New task: " }, function(title)
      if not title or vim.trim(title) == "" then
        return
      end
      client.ask("POST", ("/api/v1/projects/%s/tasks"):format(found.id), { title = title }, function(failure, task)
        if failure then
          return tell.failure(failure)
        end
        table.insert(tasks.items, task)
        tasks:render()
      end)
    end)
  end
end

local function show(found)
  return function(task)
    local head = { line(task), "" }
    for _, text in ipairs(plain.lines(task.description)) do
      head[#head + 1] = " " .. text
    end
    thread.open(found, {
      title = "Task",
      head = head,
      query = "kind=task&task_id=" .. task.id,
      target = { kind = "task", task_id = task.id },
    })
  end
end

return function()
  project.find(project.path_of(project.current_buffer()), function(found)
    local path = ("/api/v1/projects/%s/tasks?limit=200"):format(found.id)
    client.ask("GET", path, nil, function(failure, page)
      if failure then
        return tell.failure(failure)
      end
      list.open({
        title = "Tasks · " .. plain.line(found.name),
        items = page.items,
        line = line,
        empty = " No tasks yet.",
        keys = {
          { "<CR>", "open and comment", show(found) },
          { "s", "status", change_status(found) },
          { "n", "new", add(found), true },
        },
      })
    end)
  end)
end
