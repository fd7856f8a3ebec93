--- `:HiveSync preview [PATH]`: the current file, or a path, on the phone.
local preview = require("hivesync.preview")
local project = require("hivesync.project")
local starting = require("hivesync.starting")
local tell = require("hivesync.tell")

return function(options)
  local buffer = project.current_buffer()
  local path = options.argument and vim.fn.fnamemodify(options.argument, ":p") or project.path_of(buffer)
  if vim.bo[buffer].modified and not options.argument then
    tell.warning("The preview shows the file as it was saved; :write first to see your changes.")
  end
  starting.need_agent("A preview", function()
    preview.start(path:gsub("(.)/$", "%1"), options.live or false)
  end)
end
