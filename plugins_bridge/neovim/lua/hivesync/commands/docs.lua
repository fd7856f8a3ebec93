--- `:HiveSync docs`: the file, or the selected lines of it, explained by AI; text that is not saved, too.
local ai_docs = require("hivesync.ai_docs")
local client = require("hivesync.client")
local follow = require("hivesync.follow")
local progress = require("hivesync.progress")
local project = require("hivesync.project")
local sha256 = require("hivesync.sha256")
local tell = require("hivesync.tell")

local WORDS = { preparing = "Reading around the file", queued = "Waiting for its turn", running = "Explaining" }

local function watch(job, path)
  job.stop = follow.poll(path, function(docs)
    job.progress:say(("%s %s"):format(WORDS[docs.state] or docs.state, job.name))
    if docs.state == "ready" then
      job.progress:finish()
      ai_docs.show(job.buffer, job.name, docs.result)
    elseif docs.state == "failed" then
      job.progress:finish()
      tell.failure(docs.error or {})
    end
    return docs.state == "ready" or docs.state == "failed"
  end, function(failure)
    job.progress:finish()
    tell.failure(failure)
  end)
end

local function ask(job, path, body)
  client.ask("POST", path, body, function(failure, docs)
    if failure then
      job.progress:finish()
      return tell.failure(failure)
    end
    if not job.is_given_up then
      watch(job, path .. "/" .. docs.id)
    end
  end)
end

--- Without the agent: this one file alone, by the backend.
local function ask_backend(job, body)
  project.find(body.path, function(found)
    ask(job, ("/api/v1/projects/%s/ai-docs"):format(found.id), {
      path = project.relative(body.path, found.root),
      content = body.content,
      sha256 = sha256.hex(sha256.digest(body.content)),
      selection = body.selection,
    })
  end)
end

local function text_of(buffer)
  local ending = vim.bo[buffer].fileformat == "dos" and "\r\n" or "\n"
  local last = vim.bo[buffer].endofline and ending or ""
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), ending) .. last
end

local function buffer_of(argument)
  if not argument then
    return project.current_buffer()
  end
  local buffer = vim.fn.bufadd(vim.fn.fnamemodify(argument, ":p"))
  vim.fn.bufload(buffer)
  vim.bo[buffer].buflisted = true
  return buffer
end

return function(options)
  local buffer = buffer_of(options.argument)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return tell.failure({ message = "This is no file: give it a name first (:file NAME)." })
  end
  local job = { buffer = buffer, name = vim.fn.fnamemodify(path, ":t") }
  job.progress = progress.start("Asking about " .. job.name, function()
    job.is_given_up = true
    if job.stop then
      job.stop()
    end
  end)
  local body = { path = vim.fn.fnamemodify(path, ":p"), content = text_of(buffer) }
  if options.lines then
    body.selection = { line_start = options.lines[1], line_end = options.lines[2] }
  end
  client.mode(function(mode)
    if mode == "direct" then
      return ask_backend(job, body)
    end
    ask(job, "/v1/ai-docs", body)
  end)
end
