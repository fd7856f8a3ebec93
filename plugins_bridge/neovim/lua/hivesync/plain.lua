--- Makes text of others safe to show: no control characters, none that turn the reading direction.
local M = {}

--- Lines, without anything a terminal or an editor could obey.
function M.lines(text)
  if type(text) ~= "string" then
    return { "" }
  end
  text = text:gsub("\r\n?", "\n"):gsub("\t", "    ")
  -- C1 controls, line separators, and the marks and overrides of direction, as UTF-8.
  text = text:gsub("\194[\128-\159]", ""):gsub("\226\128[\142\143\168-\174]", ""):gsub("\226\129[\166-\169]", "")
  text = text:gsub("[%z\1-\9\11-\31\127]", "")
  return vim.split(text, "\n", { plain = true })
end

--- One line.
function M.line(text)
  return (table.concat(M.lines(text), " "):gsub("%s+$", ""))
end

return M
