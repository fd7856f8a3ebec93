--- Times of the API, which are UTC, as the clock on the user's wall shows them.
local M = {}

--- Days since 1970 of a date, for years after 1970: a year begins in March here, so that a leap day ends it.
local function days_of(year, month, day)
  local shifted = month > 2 and month - 3 or month + 9
  local since = month > 2 and year or year - 1
  local leaps = math.floor(since / 4) - math.floor(since / 100) + math.floor(since / 400)
  return since * 365 + leaps + math.floor((shifted * 153 + 2) / 5) + day - 1 - 719468
end

local function shown(text, format)
  local parts = { tostring(text or ""):match("^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):%d%d") }
  if #parts == 0 then
    return ""
  end
  local year, month, day, hour, minute = unpack(vim.tbl_map(tonumber, parts))
  return os.date(format, (days_of(year, month, day) * 24 + hour) * 3600 + minute * 60)
end

--- The date and the minute, or "" for what is no time.
function M.minute(text)
  return shown(text, "%Y-%m-%d %H:%M")
end

function M.day(text)
  return shown(text, "%Y-%m-%d")
end

return M
