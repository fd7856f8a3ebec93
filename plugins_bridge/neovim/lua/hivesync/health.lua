--- `:checkhealth hivesync`.
local doctor = require("hivesync.doctor")

local M = {}

local WAIT_MILLISECONDS = 20000

--- The names of Neovim 0.10, or those before it.
local function reporters()
  local health = vim.health or require("health")
  return {
    start = health.start or health.report_start,
    ok = health.ok or health.report_ok,
    note = health.warn or health.report_warn,
    wrong = health.error or health.report_error,
    unknown = health.info or health.report_info,
  }
end

function M.check()
  local report, findings = reporters(), nil
  report.start("HiveSync")
  doctor.examine(function(found)
    findings = found
  end)
  -- checkhealth wants its answer at once; events are processed while it waits.
  vim.wait(WAIT_MILLISECONDS, function()
    return findings ~= nil
  end, 50)
  for _, finding in ipairs(findings or { { grade = "wrong", check = "doctor", text = "did not answer" } }) do
    local text = ("%s: %s"):format(finding.check, finding.text)
    local act = report[finding.grade] or report.unknown
    -- Without advice the second argument is left out: Neovim before 0.10 takes no nil.
    if (finding.grade == "note" or finding.grade == "wrong") and (finding.remedy or "") ~= "" then
      act(text, { finding.remedy })
    else
      act(text)
    end
  end
end

return M
