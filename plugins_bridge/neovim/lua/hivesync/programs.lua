--- Where a program is: in a folder that PATH names in full. Never in the current folder, where Windows looks first,
--- nor in a relative one on PATH: either may be a project of strangers that brings a program of that name.
local uv = vim.uv or vim.loop

local M = {}

local IS_WINDOWS = package.config:sub(1, 1) == "\\"
--- A Neovim that was started from the desktop does not have the shell's PATH.
local USUAL = { "/.local/bin", "/opt/homebrew/bin", "/usr/local/bin" }

local function is_absolute(path)
  if IS_WINDOWS then
    return path:match("^%a:[\\/]") ~= nil or path:match("^\\\\") ~= nil
  end
  return path:sub(1, 1) == "/"
end

local function folders()
  local found = vim.split(uv.os_getenv("PATH") or "", IS_WINDOWS and ";" or ":", { plain = true, trimempty = true })
  if not IS_WINDOWS then
    found[#found + 1] = (uv.os_homedir() or "") .. USUAL[1]
    vim.list_extend(found, USUAL, 2)
  end
  return vim.tbl_filter(is_absolute, found)
end

local function is_program(path)
  local info = uv.fs_stat(path)
  return info ~= nil and info.type == "file" and uv.fs_access(path, "X") == true
end

--- Give the program's whole path, nil if it is not installed.
function M.find(name)
  local file = IS_WINDOWS and not name:lower():find("%.exe$") and name .. ".exe" or name
  if is_absolute(file) then
    return is_program(file) and file or nil
  end
  -- A relative path is one of the current folder, too.
  for _, folder in ipairs(file:find("[\\/]") and {} or folders()) do
    local path = folder .. "/" .. file
    if is_program(path) then
      return path
    end
  end
  return nil
end

return M
