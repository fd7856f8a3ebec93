--- Offers to start the agent for what only the agent can do.
local client = require("hivesync.client")
local direct = require("hivesync.direct")
local tell = require("hivesync.tell")

local M = {}

local WAIT_TRIES, WAIT_MILLISECONDS = 40, 250

local function wait(done, tries)
  client.mode(function(mode, reason)
    if mode == "proxy" then
      return done()
    end
    if tries == 0 then
      return tell.failure({ message = client.words(reason) or "The agent did not start." })
    end
    vim.defer_fn(function()
      wait(done, tries - 1)
    end, WAIT_MILLISECONDS)
  end)
end

local function start(done)
  vim.cmd.redraw() -- the question is gone, so that one line more needs no Enter
  tell.info("Starting the agent …")
  direct.run({ "agent", "start" }, nil, {}, vim.schedule_wrap(function(exit, _, err)
    if exit ~= 0 then
      return tell.failure({ message = err })
    end
    wait(done, WAIT_TRIES)
  end))
end

--- Go on with `done` once an agent answers; the user is asked before one is started.
function M.need_agent(purpose, done)
  client.mode(function(mode, reason)
    if mode == "proxy" then
      return done()
    end
    if reason ~= "AGENT_ABSENT" and reason ~= "AGENT_STALE" then
      return tell.failure({ message = client.words(reason) })
    end
    vim.ui.select({ "Start the agent", "Cancel" }, {
      prompt = purpose .. " needs the HiveSync agent, which does not run:",
    }, function(_, choice)
      if choice == 1 then
        start(done)
      end
    end)
  end)
end

return M
