--- What may be wrong, for `:HiveSync doctor` and `:checkhealth`.
local client = require("hivesync.client")
local direct = require("hivesync.direct")
local json = require("hivesync.json")
local plain = require("hivesync.plain")
local version = require("hivesync.version")

local M = {}

local HIGHLIGHTS = { ok = "HiveSyncGood", note = "HiveSyncWarn", wrong = "HiveSyncBad", unknown = "HiveSyncHint" }

local function of_plugin(mode, reason)
  if mode == "proxy" then
    return { grade = "ok", check = "plugin", text = version .. ", by the agent, which has proven itself" }
  end
  local grade = mode == "direct" and "note" or "wrong"
  local way = mode == "direct" and "direct, by the `hivesync` command" or "no way to HiveSync"
  return { grade = grade, check = "plugin", text = version .. ", " .. way, remedy = client.words(reason) }
end

local function of_command(out, err, exit)
  local report = exit ~= nil and json.decode(out)
  if type(report) == "table" and type(report.findings) == "table" then
    return report.findings
  end
  return { { grade = "wrong", check = "command", text = plain.line(err) } }
end

--- Give all findings: `done({{grade, check, text, remedy}})`.
function M.examine(done)
  client.mode(function(mode, reason)
    local ticket = {}
    direct.run({ "doctor", "--json" }, nil, ticket, vim.schedule_wrap(function(exit, out, err)
      local findings = { of_plugin(mode, reason) }
      done(vim.list_extend(findings, of_command(out, err, exit)))
    end))
  end)
end

function M.lines(findings)
  local lines = { "" }
  for _, finding in ipairs(findings) do
    lines[#lines + 1] = {
      { ("  %-8s"):format(finding.grade), HIGHLIGHTS[finding.grade] or "HiveSyncHint" },
      ("%-13s "):format(plain.line(finding.check)),
      plain.line(finding.text) .. "  ",
    }
    if finding.remedy and finding.remedy ~= "" then
      lines[#lines + 1] = { (" "):rep(24), { "→ " .. plain.line(finding.remedy) .. "  ", "HiveSyncStrong" } }
    end
  end
  lines[#lines + 1] = ""
  return lines
end

return M
