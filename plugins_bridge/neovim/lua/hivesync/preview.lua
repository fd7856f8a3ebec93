--- A preview: asked for, followed, and shown with its link and code.
local browser = require("hivesync.browser")
local client = require("hivesync.client")
local diagnostics = require("hivesync.diagnostics")
local follow = require("hivesync.follow")
local links = require("hivesync.links")
local plain = require("hivesync.plain")
local progress = require("hivesync.progress")
local settings = require("hivesync.settings")
local tell = require("hivesync.tell")
local view = require("hivesync.view")

local M = {}

local WORDS = {
  preparing = "Looking at the project",
  uploading = "Sending what has changed",
  building = "Building",
}

--- The live preview of this editor, if there is one.
M.live_id = nil

local KEYS = { "o", "open the link here", "y", "copy it", "q", "close" }

--- The code is read only if it is whole: without room for it the window says so.
local function code_lines(preview)
  local code = vim.tbl_filter(function(line)
    return line:match("%S")
  end, plain.lines(preview.qr_text))
  local said = preview.live and "Scan it with your phone: each save is shown there." or "Scan it with your phone."
  local room = vim.o.lines - 7
  if #code > room then
    said = ("The code needs %d more lines:"):format(#code - room)
    code = { " Enlarge the window, or make the letters smaller." }
  end
  local width = math.max(40, #code > 0 and vim.fn.strdisplaywidth(code[1]) or 0)
  local indent = (" "):rep(math.max(1, math.floor((width - #said) / 2)))
  local lines = { { indent, { said, "HiveSyncStrong" } } }
  vim.list_extend(lines, code)
  lines[#lines + 1] = view.keys(KEYS)
  return lines
end

local function open_link(link)
  links.ask_origins(function(failure, origins)
    if failure then
      return tell.failure(failure)
    end
    local wrong = browser.open(link, origins)
    if wrong then
      tell.warning(wrong)
    end
  end)
end

local function show_code(preview)
  local title = preview.live and "Live preview" or "Preview"
  local float = view.float(title, code_lines(preview), { name = "preview", wrap = false })
  view.map(float.buffer, "y", function()
    if not links.origin_of(preview.preview_url) then
      return tell.warning("The link is none of a preview, so it is not copied.")
    end
    vim.fn.setreg('"', preview.preview_url)
    pcall(vim.fn.setreg, "+", preview.preview_url)
    tell.info("The link is copied.")
  end)
  view.map(float.buffer, "o", function()
    open_link(preview.preview_url)
  end)
  vim.api.nvim_create_autocmd("VimResized", {
    buffer = float.buffer,
    callback = function()
      float:show(code_lines(preview))
    end,
  })
end

local function said_of(preview)
  local text = WORDS[preview.state] or preview.state
  if preview.state == "uploading" and (preview.total_bytes or 0) > 0 then
    text = ("%s (%d of %d KB)"):format(text, preview.uploaded_bytes / 1024, preview.total_bytes / 1024)
  elseif preview.state == "preparing" and (preview.total_files or 0) > 0 then
    text = ("%s (%d of %d files)"):format(text, preview.hashed_files, preview.total_files)
  end
  return text
end

local function failed(preview)
  local problem = preview.error or {}
  local count = diagnostics.show(preview.id, preview.diagnostics or {})
  tell.failure({ code = problem.code, message = problem.message })
  if count > 0 then
    vim.cmd("botright copen " .. math.min(count + 1, 8))
  end
end

local function ended(preview, shown)
  if preview.state == "failed" then
    return failed(preview)
  end
  diagnostics.show(preview.id, preview.diagnostics or {})
  if not shown then
    show_code(preview)
  end
  if #(preview.skipped or {}) > 0 then
    tell.info(("%d files were left out, since they may hold secrets."):format(#preview.skipped))
  end
end

--- Remove one that the user gave up, whether its id is known yet or not.
local function give_up(job)
  job.is_given_up = true
  if job.stop then
    job.stop()
  end
  if job.id then
    client.ask("DELETE", "/v1/previews/" .. job.id, nil, function() end)
  end
end

local function watch(job, shown)
  job.stop = follow.poll("/v1/previews/" .. job.id, function(preview)
    job.progress:say(said_of(preview))
    if preview.state ~= "ready" and preview.state ~= "failed" then
      return false
    end
    job.progress:finish()
    ended(preview, shown)
    return true
  end, function(failure)
    job.progress:finish()
    tell.failure(failure)
  end)
end

--- Ask for a preview of a path.
function M.start(path, live)
  local job = {}
  job.progress = progress.start("Asking for a preview", function()
    give_up(job)
  end)
  local body = { path = path, live = live, platform = settings.get().platform }
  client.ask("POST", "/v1/previews", body, function(failure, preview)
    if failure then
      job.progress:finish()
      return tell.failure(failure)
    end
    job.id = preview.id
    if job.is_given_up then
      return give_up(job)
    end
    M.live_id = live and preview.id or M.live_id
    watch(job, false)
  end)
end

--- End the live preview, and whatever else is under way.
function M.stop()
  local stopped, id = progress.stop_all(), M.live_id
  M.live_id = nil
  if not id then
    return tell.info(stopped > 0 and "Stopped." or "Nothing runs.")
  end
  client.ask("POST", ("/v1/previews/%s/stop"):format(id), nil, function(failure)
    if failure then
      return tell.failure(failure)
    end
    tell.info("The live preview has ended; the phone keeps its last version.")
  end)
end

return M
