--- The plugin's face: `:HiveSync`, setup() and the status line. Loads each command when it is used.
local M = {}

local COMMANDS = {
  "comments",
  "console",
  "docs",
  "doctor",
  "live",
  "login",
  "logout",
  "notifications",
  "preview",
  "status",
  "stop",
  "tasks",
}
local TAKES_PATH = { docs = true, live = true, preview = true }

--- Change settings; see |hivesync-settings|. Not needed for the defaults.
function M.setup(values)
  require("hivesync.settings").apply(values or {})
end

--- Give a short text for the status line. It holds fixed words and numbers only.
function M.status()
  return require("hivesync.status").text()
end

function M.complete(typed, line)
  local words = vim.split(vim.trim(line:match("HiveSync(.*)$") or ""), "%s+")
  local is_second = #words > 1 or words[1] ~= "" and line:match("%s$")
  if is_second then
    return TAKES_PATH[words[1]] and vim.fn.getcompletion(typed, "file") or {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, COMMANDS)
end

--- Run a command by its name. `options.lines`: first and last of a selection; `options.argument`: a path.
function M.run(name, options)
  name = name or "status"
  if not vim.tbl_contains(COMMANDS, name) then
    local known = table.concat(COMMANDS, ", ")
    return require("hivesync.tell").failure({ message = ("There is no %q. There are: %s."):format(name, known) })
  end
  require("hivesync.session").start()
  require("hivesync.commands." .. name)(options or {})
end

return M
