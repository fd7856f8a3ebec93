--- Where the agent's discovery file lies on this machine.
local uv = vim.uv or vim.loop

local M = {}

local function variable(name)
  local value = uv.os_getenv(name)
  return value ~= nil and value ~= "" and value or nil
end

function M.profile()
  local profile = variable("HIVESYNC_PROFILE") or "default"
  return profile:match("^[a-z0-9][a-z0-9_-]*$") and profile or "default"
end

local function runtime_folder()
  local moved = variable("HIVESYNC_RUNTIME_DIR")
  if moved then
    return moved
  end
  local home, system = uv.os_homedir(), uv.os_uname().sysname
  if system == "Darwin" then
    return home .. "/Library/Application Support/HiveSync/run"
  end
  if system:find("Windows") or system:find("MINGW") then
    return (variable("LOCALAPPDATA") or home .. "/AppData/Local") .. "/HiveSync/run"
  end
  local session = variable("XDG_RUNTIME_DIR")
  return session and session .. "/hivesync" or home .. "/.local/state/hivesync/run"
end

function M.discovery_file()
  local profile = M.profile()
  local name = profile == "default" and "desktop-agent.json" or ("desktop-agent.%s.json"):format(profile)
  return runtime_folder() .. "/" .. name
end

return M
