--- Find the agent by its discovery file. Believes nothing that another user could have written.
local json = require("hivesync.json")
local locations = require("hivesync.locations")
local uv = vim.uv or vim.loop

local M = { PROTOCOL = 1, PREFIX = "/hivesync-desktop-api" }

local LONGEST_BYTES = 65536

local function whole(value)
  return type(value) == "number" and value % 1 == 0
end

--- Give a text that differs whenever the file was written anew; nil if there is none.
local function stamp_of(info)
  return ("%s:%s:%s:%s"):format(info.ino, info.size, info.mtime.sec, info.mtime.nsec)
end

function M.stamp()
  local info = uv.fs_lstat(locations.discovery_file())
  return info and stamp_of(info)
end

local function is_private(info)
  if not uv.getuid then
    return true -- Windows: an access list, which the agent sets
  end
  return info.uid == uv.getuid() and bit.band(info.mode, 63) == 0
end

local function content(path)
  local before = uv.fs_lstat(path)
  if not before then
    return nil, "AGENT_ABSENT"
  end
  if before.type ~= "file" then
    return nil, "AGENT_UNTRUSTED"
  end
  local file = uv.fs_open(path, "r", 0)
  if not file then
    return nil, "AGENT_UNTRUSTED"
  end
  -- The opened file is what is judged, and it must be the one that was no link.
  local info = uv.fs_fstat(file)
  local good = info and info.ino == before.ino and info.dev == before.dev and is_private(info)
  local text = good and uv.fs_read(file, LONGEST_BYTES + 1, 0)
  uv.fs_close(file)
  if not text then
    return nil, "AGENT_UNTRUSTED"
  end
  return text, nil, stamp_of(info)
end

local function is_well_formed(data)
  local protocol = type(data) == "table" and data.protocol
  return protocol
    and data.schema == 1
    and whole(data.port)
    and data.port > 0
    and data.port < 65536
    and type(data.token) == "string"
    and #data.token == 43
    and not data.token:find("[^%w_-]")
    and type(protocol) == "table"
    and whole(protocol.min)
    and whole(protocol.max)
    and type(data.instance_id) == "string"
    and whole(data.pid)
    and type(data.version) == "string"
    and (data.server_url == nil or type(data.server_url) == "string")
    and (data.forwarded_from == nil or type(data.forwarded_from) == "string")
end

local function serves_another_backend(data)
  local meant = uv.os_getenv("HIVESYNC_SERVER_URL")
  if not meant or meant == "" or not data.server_url then
    return false
  end
  return meant:gsub("/+$", ""):lower() ~= data.server_url:gsub("/+$", ""):lower()
end

--- Give the agent's file, or nil and a reason code.
function M.read()
  local text, reason, stamp = content(locations.discovery_file())
  if not text then
    return nil, reason
  end
  local data = #text <= LONGEST_BYTES and json.decode(text)
  if not is_well_formed(data) then
    return nil, "AGENT_DAMAGED"
  end
  if data.protocol.min > M.PROTOCOL then
    return nil, "AGENT_TOO_NEW"
  end
  if data.protocol.max < M.PROTOCOL then
    return nil, "AGENT_TOO_OLD"
  end
  if serves_another_backend(data) then
    return nil, "BACKEND_DIFFERS"
  end
  data.stamp = stamp
  return data
end

return M
