--- The user's settings, each with a default. setup() is optional.
local M = {}

local values = {
  --- The command for Direct Mode and for starting the agent.
  command = "hivesync",
  --- Show what the app on the phone writes, as soon as it writes something.
  open_console = false,
  --- Which platform's files a preview takes: "ios", "android" or "web".
  platform = "ios",
  --- Tell of new notifications with vim.notify.
  announce = true,
}

function M.get()
  return values
end

--- Take the user's values; one of a wrong name or kind is refused in words.
function M.apply(given)
  for name, value in pairs(given) do
    if type(values[name]) ~= type(value) then
      error(("hivesync: setting %q is unknown, or no %s"):format(name, type(values[name])), 0)
    end
    values[name] = value
  end
end

return M
