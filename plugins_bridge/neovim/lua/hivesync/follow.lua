--- Asks for something until it has reached an end. The agent answers from memory, so asking is cheap.
local client = require("hivesync.client")

local M = {}

local PAUSE_MILLISECONDS = 400

--- `on_state(data)` for each answer; it gives true at the end. Gives a function that ends the asking.
function M.poll(path, on_state, on_failure)
  local ended = false
  local function ask()
    client.ask("GET", path, nil, function(failure, data)
      if ended then
        return
      end
      if failure then
        return on_failure(failure)
      end
      if not on_state(data) then
        vim.defer_fn(function()
          if not ended then
            ask()
          end
        end, PAUSE_MILLISECONDS)
      end
    end)
  end
  ask()
  return function()
    ended = true
  end
end

return M
