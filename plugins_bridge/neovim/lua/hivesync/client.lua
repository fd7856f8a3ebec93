--- Decides for each call who answers it: the agent where it runs, else the backend by the `hivesync` command.
--- Nothing is done twice: what may have arrived is sent again only under the same Idempotency-Key.
local agent = require("hivesync.agent")
local calls = require("hivesync.calls")
local direct = require("hivesync.direct")
local http = require("hivesync.http")
local json = require("hivesync.json")
local uv = vim.uv or vim.loop

local M = {}

local BUSY_TRIES, BUSY_MILLISECONDS = 30, 500
local RATE_TRIES, RATE_MILLISECONDS = 3, 30000
local RETURN_PAUSES = { 200, 400, 800, 1600 }

local WORDS = {
  AGENT_ABSENT = "The agent does not run; `hivesync agent start` starts it.",
  AGENT_STALE = "The agent has ended; `hivesync agent start` starts it.",
  AGENT_UNPROVEN = "Another program has taken the agent's port; `hivesync agent start` starts it anew.",
  AGENT_UNTRUSTED = "The agent's discovery file is not private to you; restart the agent to renew it.",
  AGENT_DAMAGED = "The agent's discovery file is damaged; restart the agent to renew it.",
  AGENT_TOO_NEW = "The agent is newer than this plugin: update the plugin.",
  AGENT_TOO_OLD = "The agent is older than this plugin: update HiveSync.",
  BACKEND_DIFFERS = "The agent serves another backend than HIVESYNC_SERVER_URL names.",
  TIMEOUT = "The agent took too long to answer.",
  INVALID = "The agent's answer could not be read.",
  TOO_LONG = http.TOO_LONG,
}
local SPEAKS_OTHERWISE = { AGENT_TOO_NEW = true, AGENT_TOO_OLD = true }
local CODES = {
  AGENT_TOO_NEW = "PROTOCOL_UNSUPPORTED",
  AGENT_TOO_OLD = "PROTOCOL_UNSUPPORTED",
  TOO_LONG = "PAYLOAD_TOO_LARGE",
}
--- Another way would give the same, or do it twice.
local FINAL = { TIMEOUT = true, TOO_LONG = true }

--- Why there is Direct Mode, by the last call; nil in Proxy Mode.
M.reason = nil

local function after(milliseconds, act)
  local timer = uv.new_timer()
  timer:start(milliseconds, 0, function()
    timer:close()
    act()
  end)
end

local function failure_of(reason)
  local code = CODES[reason] or "UPSTREAM_UNREACHABLE"
  return { code = code, reason = reason, message = WORDS[reason] or "The agent ended during the call." }
end

--- By the backend. While it is still busy with what the agent had begun, it says 409 and when to ask again.
local function by_backend(call, ticket, done, tries)
  direct.send(call, ticket, function(failure, answer)
    local is_busy = answer and answer.status == 409 and answer.headers["retry-after"] and call.key
    if is_busy and tries > 0 and not ticket.cancelled then
      return after(BUSY_MILLISECONDS, function()
        by_backend(call, ticket, done, tries - 1)
      end)
    end
    done(failure, answer)
  end)
end

local function otherwise(call, ticket, reason, done, tried)
  if FINAL[reason] or ticket.cancelled then
    return done(failure_of(reason))
  end
  if not calls.is_local(call) then
    M.reason = reason
    return by_backend(call, ticket, done, BUSY_TRIES)
  end
  -- Only the agent answers this. One that ended a moment ago may be about to come back.
  if reason == "AGENT_ABSENT" or SPEAKS_OTHERWISE[reason] or not RETURN_PAUSES[tried] then
    return done(failure_of(reason))
  end
  after(RETURN_PAUSES[tried], function()
    M._attempt(call, ticket, done, tried + 1)
  end)
end

function M._attempt(call, ticket, done, tried)
  agent.send(call, ticket, function(reason, answer)
    if reason then
      return otherwise(call, ticket, reason, done, tried)
    end
    M.reason = nil
    done(nil, answer)
  end)
end

--- 429 means that nothing was done: ask again when the answer says so.
local function patient(call, ticket, done, tries)
  M._attempt(call, ticket, function(failure, answer)
    local seconds = answer and answer.status == 429 and tonumber(answer.headers["retry-after"])
    if seconds and tries > 1 and seconds * 1000 <= RATE_MILLISECONDS and not ticket.cancelled then
      return after(math.max(seconds, 0) * 1000, function()
        patient(call, ticket, done, tries - 1)
      end)
    end
    done(failure, answer)
  end, 1)
end

local function new_ticket()
  local ticket = {}
  function ticket.cancel()
    ticket.cancelled = true
    if ticket.held then
      ticket.held:close()
    end
    if ticket.process then
      ticket.process:kill("sigterm")
    end
  end
  return ticket
end

--- Make one call: `done(failure)` or `done(nil, {status, headers, body})`, on the main loop.
function M.send(method, path, body, done)
  local call, ticket = calls.new(method, path, body), new_ticket()
  local answered = vim.schedule_wrap(function(failure, answer)
    if not ticket.cancelled then
      done(failure, answer)
    end
  end)
  if not call then
    answered({ code = "VALIDATION_ERROR", message = "That is no path of the API." })
    return ticket
  end
  patient(call, ticket, answered, RATE_TRIES)
  return ticket
end

--- Make one call for its data: `done(failure)` or `done(nil, data, answer)`; a refusal is a failure.
function M.ask(method, path, body, done)
  return M.send(method, path, body, function(failure, answer)
    if failure then
      return done(failure)
    end
    local data = json.decode(answer.body)
    if answer.status < 300 then
      return done(nil, data or {}, answer)
    end
    local problem = type(data) == "table" and data or {}
    done({
      code = problem.code or "INTERNAL_ERROR",
      message = problem.detail or ("HiveSync answered with status %d."):format(answer.status),
      status = answer.status,
      problem = problem,
    })
  end)
end

--- Tell how the next call would go: `done("proxy" | "direct" | "none", reason)`.
function M.mode(done)
  done = vim.schedule_wrap(done)
  agent.probe(function(reason)
    M.reason = reason
    if not reason then
      return done("proxy", "AGENT_PROVEN")
    end
    direct.run({ "token", "--json" }, nil, {}, function(exit)
      done(exit == 0 and "direct" or "none", reason)
    end)
  end)
end

function M.words(reason)
  return WORDS[reason]
end

return M
