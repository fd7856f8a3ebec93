-- Runs inside Neovim: each function is a test. Prints "passed: N", or what failed.
local root = os.getenv("HIVESYNC_ROOT")
local http = require("hivesync.http")
local sse = require("hivesync.sse")
local proof = require("hivesync.proof")
local sha256 = require("hivesync.sha256")

local tests = {}

local function same(seen, wanted)
  assert(vim.deep_equal(seen, wanted), ("wanted %s, saw %s"):format(vim.inspect(wanted), vim.inspect(seen)))
end

--- Feed a text in pieces of one size, then the end of the connection.
local function read(text, size, bytes_max)
  local reader, outcome = http.new(nil, bytes_max), "more"
  for at = 1, #text, size do
    outcome = reader:feed(text:sub(at, at + size - 1))
    if outcome ~= "more" then
      return outcome, reader
    end
  end
  return reader:feed(nil), reader
end

function tests.the_proof_is_that_of_the_vectors()
  local file = table.concat(vim.fn.readfile(root .. "/plugins_bridge/spec/vectors/proof.json"), "\n")
  local vectors = vim.json.decode(file)
  for _, case in ipairs(vectors.cases) do
    assert(proof.holds(vectors.token, case.nonce, case.proof))
    assert(not proof.holds(vectors.token, case.nonce, case.proof:gsub("^.", "x")))
    assert(not proof.holds(vectors.token, case.nonce, nil))
  end
end

function tests.a_hash_takes_every_length_around_a_block()
  for length = 50, 130 do
    local text = ("x"):rep(length)
    same(sha256.hex(sha256.digest(text)), vim.fn.sha256(text))
  end
end

function tests.an_answer_may_come_in_pieces_of_any_size()
  local framed = {
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nhello world",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
  }
  for _, text in ipairs(framed) do
    for size = 1, #text do
      local outcome, reader = read(text, size)
      same(outcome, "done")
      same(reader:answer().body, "hello world")
    end
  end
end

function tests.an_answer_that_could_be_read_in_two_ways_is_refused()
  local doubtful = {
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "SSH-2.0-OpenSSH\r\n\r\n",
  }
  for _, text in ipairs(doubtful) do
    same({ read(text, #text) == "bad", text }, { true, text })
  end
end

function tests.an_answer_is_not_collected_beyond_its_limit()
  same((read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", 4, 8)), "long")
  same((read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n3\r\n789", 4, 8)), "long")
  same((read("HTTP/1.1 200 OK\r\nA: b\r\n\r\n123456789", 4, 8)), "long")
  same((read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", 4, 9)), "done")
end

function tests.events_may_come_in_pieces_of_any_size()
  local text = ": hello\r\nid: 1\r\nevent: a.b\r\ndata: one\r\ndata: two\r\n\r\nid:2\ndata:\n\nevent: none\n\ndata: x\r\r"
  local wanted = {
    { id = "1", type = "a.b", data = "one\ntwo" },
    { id = "2", type = "message", data = "" },
    { id = "2", type = "message", data = "x" },
  }
  for size = 1, #text do
    local seen = {}
    local parser = sse.new(function(event)
      seen[#seen + 1] = event
    end)
    for at = 1, #text, size do
      parser:feed(text:sub(at, at + size - 1))
    end
    parser:feed("\n")
    same(seen, wanted)
  end
end

function tests.text_of_others_holds_nothing_to_obey()
  local plain = require("hivesync.plain")
  same(plain.lines("a\27[31mb\r\nc\rd"), { "a[31mb", "c", "d" })
  -- C1's CSI, a mark that turns the reading direction, an isolate, a bell.
  same(plain.line("a\194\155x\226\128\174\226\129\166\7b"), "axb")
  same(plain.line("größer – “so”"), "größer – “so”")
end

local DIFF = "--- a/x\n+++ b/x\n@@ -2,2 +2,3 @@\n two\n-three\n+THREE\n+more\n"

local function applied(lines)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  local done = require("hivesync.diff").apply(buffer, DIFF)
  return done and vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

function tests.a_change_is_made_only_where_it_fits()
  local notify = vim.notify
  vim.notify = function() end
  same(applied({ "one", "two", "three", "four" }), { "one", "two", "THREE", "more", "four" })
  -- Lines were added above: there is one place, and it is meant.
  same(applied({ "new", "one", "two", "three" }), { "new", "one", "two", "THREE", "more" })
  same(applied({ "one", "two", "changed" }), false)
  -- Two places, and neither is its own.
  same(applied({ "x", "x", "two", "three", "two", "three" }), false)
  vim.notify = notify
end

function tests.build_errors_wait_until_their_file_is_opened()
  local path = vim.fn.tempname() .. ".tsx"
  vim.fn.writefile({ "one", "two" }, path)
  local diagnostics = require("hivesync.diagnostics")
  diagnostics.show("p1", { { path = path, line = 2, column = 1, message = "Expected ;" } })
  same(vim.fn.bufloaded(path), 0)
  vim.cmd("edit " .. path)
  same(#vim.diagnostic.get(0), 1)
  same(vim.diagnostic.get(0)[1].lnum, 1)
  diagnostics.show("p1", {})
  same(#vim.diagnostic.get(0), 0)
end

function tests.the_status_line_tells_nothing_of_an_agent_that_has_ended()
  local client, session = require("hivesync.client"), require("hivesync.session")
  local ask, mode, start = client.ask, client.mode, session.start
  local agent = { signed_in = true, tier = "pro", online = true, paused = true, queued_operations = 2 }
  session.start = function() end
  client.mode = function(done)
    done("direct", "AGENT_ABSENT")
  end
  client.ask = function(_, path, _, done)
    if path == "/v1/status" then
      return done(not agent and { code = "UPSTREAM_UNREACHABLE" } or nil, agent)
    end
    done(nil, path == "/api/v1/auth/me" and { tier = "pro" } or { count = 1 })
  end
  session.refresh()
  same(require("hivesync").status(), "HiveSync Pro · paused · 1 unread · 2 waiting")
  agent.paused, agent.online = false, false
  session.refresh()
  same(require("hivesync").status(), "HiveSync Pro · offline · 1 unread · 2 waiting")
  agent = nil
  session.refresh()
  same(require("hivesync").status(), "HiveSync Pro · 1 unread")
  client.ask, client.mode, session.start = ask, mode, start
end

function tests.a_time_is_that_of_the_clock_here()
  local times = require("hivesync.times")
  local times_of = {
    ["2024-02-29T23:59:59Z"] = 1709251140,
    ["2026-01-01T00:00:00Z"] = 1767225600,
    ["2026-12-31T23:59:00.5Z"] = 1798761540,
    ["2100-03-01T00:00:00Z"] = 4107542400,
  }
  for text, seconds in pairs(times_of) do
    same(times.minute(text), os.date("%Y-%m-%d %H:%M", seconds))
    same(times.day(text), os.date("%Y-%m-%d", seconds))
  end
  same({ times.minute(nil), times.day("soon") }, { "", "" })
end

function tests.only_links_to_our_own_hosts_are_opened()
  local links = require("hivesync.links")
  local far, here = { "https://hivesync.example", "https://worker.example:8443/" }, { "http://127.0.0.1:8000" }
  for _, link in ipairs({ "https://hivesync.example/p/1#t", "https://HIVESYNC.example", "https://worker.example:8443/?a" }) do
    same({ link, links.is_ours(link, far), links.is_ours(link, here) }, { link, true, false })
  end
  for _, link in ipairs({ "http://127.0.0.1:4000/x", "http://localhost/", "http://[::1]:8787/p#t" }) do
    same({ link, links.is_ours(link, here), links.is_ours(link, far) }, { link, true, false })
    same({ link, links.is_ours(link, { far[1], here[1], link }) }, { link, false })
  end
  local both = { far[1], far[2], here[1] }
  local others = {
    "file:///etc/passwd", "javascript:alert(1)", "http://hivesync.example/", "https://hivesync.example/ -a",
    "https://hivesync.example/`id`", "--help", "", "https://hivesync.example.evil.example/", "https://evil.example/",
    "http://127.0.0.1:80@evil.example/x", "https://hivesync.example@evil.example/", "https://hivesync.example/\nx",
    "https://hivesync.example:8443/", "https://hivesync.example\\@evil.example/", "http://127.0.0.1.evil.example/",
  }
  for _, link in ipairs(others) do
    same({ link, links.is_ours(link, both) }, { link, false })
  end
  same(links.is_ours(vim.NIL, both), false)
end

local function program(folder)
  vim.fn.mkdir(folder, "p")
  vim.fn.writefile({ "#!/bin/sh" }, folder .. "/hivesync")
  vim.fn.setfperm(folder .. "/hivesync", "rwx------")
  return folder .. "/hivesync"
end

function tests.a_program_that_a_project_brings_is_never_started()
  local programs = require("hivesync.programs")
  local folder, before, path = vim.fn.tempname(), vim.fn.getcwd(), vim.env.PATH
  program(folder .. "/project")
  program(folder .. "/project/bin")
  local good = program(folder .. "/good")
  vim.api.nvim_set_current_dir(folder .. "/project")
  vim.env.PATH = ".:bin::" .. folder .. "/good"
  local found = { programs.find("hivesync"), programs.find(good), programs.find("./hivesync") or "none" }
  vim.env.PATH = ".:bin:"
  found[4] = programs.find("hivesync") or "none"
  vim.env.PATH = path
  vim.api.nvim_set_current_dir(before)
  vim.fn.delete(folder, "rf")
  same(found, { good, good, "none", "none" })
end

function tests.the_status_line_says_fixed_words_and_numbers()
  local session, status = require("hivesync.session"), require("hivesync.status")
  session.start = function() end
  local hostile = "%{system('id')}"
  session.state = { known = true, signed_in = true, mode = "proxy", tier = hostile, pending = 1, unread = 5000, queued = 0 }
  same(status.text(), "HiveSync on · 1 building · 999 unread")
end

function tests.the_documentation_names_lines_and_engine()
  local lines, sources = require("hivesync.ai_docs").markdown("a.lua", {
    summary = "It adds.\27]0;x\7",
    key_concepts = { "sums" },
    explanations = { { symbol = "add", line_start = 3, line_end = 5, text = "Adds." } },
    engine = "outline",
  })
  local text = table.concat(lines, "\n")
  assert(text:find("It adds.]0;x", 1, true) and text:find("### `add` (lines 3–5)", 1, true), text)
  assert(text:find("*Made by outline.*", 1, true), text)
  for row, line in ipairs(lines) do
    if line == "Adds." then
      same(sources[row], 3)
    end
  end
end

function tests.a_folder_whose_name_only_begins_alike_is_another()
  local project = require("hivesync.project")
  same(project.relative("/home/shop/src/a.ts", "/home/shop"), "src/a.ts")
  same(project.relative("/home/shop-old/src/a.ts", "/home/shop"), "a.ts")
end

function tests.a_value_of_a_query_stays_one_value()
  same(require("hivesync.calls").escaped("a&b=ü/.txt"), "a%26b%3D%C3%BC%2F.txt")
end

function tests.a_change_that_waits_is_told()
  local notify, told = vim.notify, {}
  vim.notify = function(text)
    told[#told + 1] = text
  end
  local tell = require("hivesync.tell")
  same({ tell.queued({ status = 202 }), tell.queued({ status = 200 }), tell.queued(nil) }, { true, false, false })
  same(#told, 1)
  vim.notify = notify
end

local passed, failed = 0, {}
for name, test in pairs(tests) do
  local ok, why = pcall(test)
  if ok then
    passed = passed + 1
  else
    failed[#failed + 1] = name .. ": " .. why
  end
end
io.stdout:write(#failed == 0 and ("passed: %d\n"):format(passed) or table.concat(failed, "\n") .. "\n")
