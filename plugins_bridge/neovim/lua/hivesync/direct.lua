--- The way to the backend without an agent: the `hivesync` command, which has TLS and the shared session.
local http = require("hivesync.http")
local json = require("hivesync.json")
local programs = require("hivesync.programs")
local settings = require("hivesync.settings")
local uv = vim.uv or vim.loop

local M = {}

local MISSING = "The `hivesync` command is not installed, and the agent does not run. "
  .. "Install it (`pip install ./sdk ./desktop_agent` in a checkout of HiveSync), then `hivesync login`."

local function collect(pipe, pieces, done)
  pipe:read_start(function(_, data)
    if data then
      pieces[#pieces + 1] = data
    else
      pipe:close()
      done()
    end
  end)
end

--- Run a command with text on its standard input: `done(exit code or nil, out, err)`.
function M.run(arguments, input, ticket, done)
  local program = programs.find(settings.get().command)
  if not program then
    return done(nil, "", MISSING)
  end
  local pipes = { uv.new_pipe(false), uv.new_pipe(false), uv.new_pipe(false) }
  local out, err, left, exit = {}, {}, 3, nil
  local function ended()
    left = left - 1
    if left == 0 then
      done(exit, table.concat(out), table.concat(err))
    end
  end
  local handle
  handle = uv.spawn(program, { args = arguments, stdio = pipes, hide = true }, function(code)
    exit = code
    ticket.process = nil
    handle:close()
    ended()
  end)
  if not handle then
    for _, pipe in ipairs(pipes) do
      pipe:close()
    end
    return done(nil, "", MISSING)
  end
  ticket.process = handle
  collect(pipes[2], out, ended)
  collect(pipes[3], err, ended)
  pipes[1]:write(input or "", function()
    pipes[1]:close()
  end)
end

local function failure_of(out, err)
  local problem = json.decode(out)
  if type(problem) == "table" and problem.code then
    return { code = problem.code, message = problem.detail, status = problem.status }
  end
  local said = vim.trim(err) ~= "" and vim.trim(err) or "The `hivesync` command failed."
  return { code = "UPSTREAM_UNREACHABLE", message = said }
end

--- Send the call: `done` gets a failure, or nil and the answer.
function M.send(call, ticket, done)
  local arguments = { "api", "--json", "--include" }
  if call.key then
    vim.list_extend(arguments, { "--key", call.key })
  end
  if call.body then
    vim.list_extend(arguments, { "--data", "-" })
  end
  vim.list_extend(arguments, { call.method, call.path })
  M.run(arguments, call.body, ticket, function(exit, out, err)
    if exit == nil then
      return done({ code = "COMMAND_MISSING", message = err })
    end
    local reader = http.new()
    local fed = exit == 0 and reader:feed(out)
    if fed == "long" then
      return done({ code = "PAYLOAD_TOO_LARGE", message = http.TOO_LONG })
    end
    local reads = (fed == "more" or fed == "done") and reader:feed(nil) == "done"
    if not reads then
      return done(failure_of(out, err))
    end
    done(nil, reader:answer())
  end)
end

return M
