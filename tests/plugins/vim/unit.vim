vim9script
# Runs inside Vim: each function is a test. Writes "passed: N", or what failed, to $HIVESYNC_REPORT.

import autoload 'hivesync/calls.vim'
import autoload 'hivesync/http.vim'
import autoload 'hivesync/sse.vim'
import autoload 'hivesync/proof.vim'
import autoload 'hivesync/hashing.vim'
import autoload 'hivesync/plain.vim'
import autoload 'hivesync/diff.vim'
import autoload 'hivesync/json.vim'
import autoload 'hivesync/links.vim'
import autoload 'hivesync/programs.vim'
import autoload 'hivesync/project.vim'
import autoload 'hivesync/times.vim'

def Read(text: string, size: number, bytes_max = 100): list<any>
  var reader = http.New(null, bytes_max)
  for at in range(0, strlen(text) - 1, size)
    var outcome = http.Feed(reader, strpart(text, at, size))
    if outcome != 'more'
      return [outcome, reader]
    endif
  endfor
  return [http.End(reader), reader]
enddef

def Test_the_proof_is_that_of_the_vectors()
  var vectors = readfile($HIVESYNC_ROOT .. '/plugins_bridge/spec/vectors/proof.json')->join("\n")->json_decode()
  for case in vectors.cases
    assert_true(proof.Holds(vectors.token, case.nonce, case.proof))
    assert_false(proof.Holds(vectors.token, case.nonce, substitute(case.proof, '^.', 'x', '')))
    assert_false(proof.Holds(vectors.token, case.nonce, null))
  endfor
enddef

def Test_a_hash_takes_every_length_around_a_block()
  for length in range(50, 130)
    var text = repeat('x', length)
    assert_equal(sha256(text), hashing.Hex(hashing.Digest(hashing.TextBytes(text))))
  endfor
enddef

def Test_an_answer_may_come_in_pieces_of_any_size()
  var framed = [
    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello wörld",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n6;x=y\r\nwörld\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nhello wörld",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello wörld",
  ]
  for text in framed
    for size in range(1, strlen(text))
      var [outcome, reader] = Read(text, size)
      assert_equal(['done', 'hello wörld'], [outcome, http.Answer(reader).body])
    endfor
  endfor
enddef

def Test_megabytes_at_once_are_read_at_once()
  var chunk = "10000\r\n" .. repeat('x', 65536) .. "\r\n"
  var reader = http.New()
  http.Feed(reader, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
  var began = reltime()
  assert_equal('done', http.Feed(reader, repeat(chunk, 160) .. "0\r\n\r\n"))
  assert_equal(10485760, strlen(http.Answer(reader).body))
  assert_true(reltimefloat(reltime(began)) < 5.0, reltimestr(reltime(began)))
enddef

def Test_an_answer_that_could_be_read_in_two_ways_is_refused()
  var doubtful = [
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "SSH-2.0-OpenSSH\r\n\r\n",
  ]
  for text in doubtful
    assert_equal('bad', Read(text, strlen(text))[0], text)
  endfor
enddef

def Test_an_answer_is_not_collected_beyond_its_limit()
  assert_equal('long', Read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", 4, 8)[0])
  assert_equal('long', Read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n3\r\n789", 4, 8)[0])
  assert_equal('long', Read("HTTP/1.1 200 OK\r\nA: b\r\n\r\n123456789", 4, 8)[0])
  assert_equal('done', Read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", 4, 9)[0])
enddef

def Test_events_may_come_in_pieces_of_any_size()
  var text = ": hello\r\nid: 1\r\nevent: a.b\r\ndata: one\r\ndata: two\r\n\r\nid:2\ndata:\n\nevent: none\n\ndata: x\r\r\n"
  for size in range(1, strlen(text))
    var seen: list<dict<string>> = []
    var parser = sse.New((event) => add(seen, event))
    for at in range(0, strlen(text) - 1, size)
      sse.Feed(parser, strpart(text, at, size))
    endfor
    assert_equal([
      {id: '1', type: 'a.b', data: "one\ntwo"},
      {id: '2', type: 'message', data: ''},
      {id: '2', type: 'message', data: 'x'},
    ], seen)
  endfor
enddef

def Test_text_of_others_holds_nothing_to_obey()
  assert_equal(['a[31mb', 'c', 'd'], plain.Lines("a\x1b[31mb\r\nc\rd"))
  assert_equal('axb', plain.Line("a\u009bx\u202e\u2066\u0007b"))
enddef

const DIFF = "--- a/x\n+++ b/x\n@@ -2,2 +2,3 @@\n two\n-three\n+THREE\n+more\n"

def Patched(lines: list<string>): list<string>
  var hunks = diff.Hunks(DIFF)
  var places = diff.Places(lines, hunks)
  return empty(places) ? [] : diff.Patched(lines, hunks, places)
enddef

def Test_a_change_is_made_only_where_it_fits()
  assert_equal(['one', 'two', 'THREE', 'more', 'four'], Patched(['one', 'two', 'three', 'four']))
  # Lines were added above: there is one place, and it is meant.
  assert_equal(['new', 'one', 'two', 'THREE', 'more'], Patched(['new', 'one', 'two', 'three']))
  assert_equal([], Patched(['one', 'two', 'changed']))
  assert_equal([], Patched(['x', 'x', 'two', 'three', 'two', 'three']), 'two places, and neither is its own')
enddef

def Test_only_links_to_our_own_hosts_are_opened()
  var far = ['https://hivesync.example', 'https://worker.example:8443/']
  var here = ['http://127.0.0.1:8000']
  for link in ['https://hivesync.example/p/1#t', 'https://HIVESYNC.example', 'https://worker.example:8443/?a']
    assert_true(links.IsOurs(link, far), link)
    assert_false(links.IsOurs(link, here), link)
  endfor
  for link in ['http://127.0.0.1:4000/x', 'http://localhost/', 'http://[::1]:8787/p#t']
    assert_true(links.IsOurs(link, here), link)
    assert_false(links.IsOurs(link, far), link)
    assert_false(links.IsOurs(link, far + here + [link]), link)
  endfor
  for link in ['file:///etc/passwd', 'javascript:alert(1)', 'http://hivesync.example/', 'https://hivesync.example/ -a',
      "https://hivesync.example/'`id`", '--help', '', 'https://hivesync.example.evil.example/', 'https://evil.example/',
      'http://127.0.0.1:80@evil.example/x', 'https://hivesync.example@evil.example/', "https://hivesync.example/\nx",
      'https://hivesync.example:8443/', 'https://hivesync.example\@evil.example/', 'http://127.0.0.1.evil.example/']
    assert_false(links.IsOurs(link, far + here), link)
  endfor
enddef

def Program(folder: string): string
  mkdir(folder, 'p')
  writefile(['#!/bin/sh'], folder .. '/hivesync')
  setfperm(folder .. '/hivesync', 'rwx------')
  return folder .. '/hivesync'
enddef

def Test_a_program_that_a_project_brings_is_never_started()
  var [folder, before, path] = [tempname(), getcwd(), $PATH]
  Program(folder .. '/project/bin')
  Program(folder .. '/project')
  var good = Program(folder .. '/good')
  try
    chdir(folder .. '/project')
    $PATH = '.:bin::' .. folder .. '/good'
    assert_equal(good, programs.Find('hivesync'))
    assert_equal(good, programs.Find(good))
    assert_equal('', programs.Find('./hivesync'))
    $PATH = '.:bin:'
    assert_equal('', programs.Find('hivesync'))
  finally
    $PATH = path
    chdir(before)
    delete(folder, 'rf')
  endtry
enddef

def Test_only_true_is_true()
  assert_true(json.True({is: v:true}, 'is'))
  for value in [v:false, v:null, 1, 'true', ['true'], {}]
    assert_false(json.True({is: value}, 'is'), string(value))
  endfor
  assert_false(json.True({}, 'is'))
  assert_false(json.True(null, 'is'))
enddef

def Test_a_folder_whose_name_only_begins_alike_is_another()
  assert_equal('src/a.ts', project.Relative('/home/shop/src/a.ts', '/home/shop'))
  assert_equal('a.ts', project.Relative('/home/shop-old/src/a.ts', '/home/shop'))
enddef

def Test_a_value_of_a_query_stays_one_value()
  assert_equal('a%26b%3D%C3%BC%2F.txt', calls.Escaped('a&b=ü/.txt'))
enddef

def Test_a_time_is_that_of_the_clock_here()
  var times_of = {
    '2024-02-29T23:59:59Z': 1709251140,
    '2026-01-01T00:00:00Z': 1767225600,
    '2026-12-31T23:59:00.5Z': 1798761540,
    '2100-03-01T00:00:00Z': 4107542400,
  }
  for [text, seconds] in items(times_of)
    assert_equal(strftime('%Y-%m-%d %H:%M', seconds), times.Minute(text))
    assert_equal(strftime('%Y-%m-%d', seconds), times.Day(text))
  endfor
  assert_equal('', times.Minute(''))
  assert_equal('', times.Day('soon'))
enddef

var failed: list<string> = []
var names = readfile(expand('<sfile>'))->mapnew((_, line) => matchstr(line, '^def \zsTest_\w\+'))->filter((_, name) => !empty(name))
for name in names
  v:errors = []
  try
    call(function(name), [])
  catch
    add(v:errors, v:exception .. ' at ' .. v:throwpoint)
  endtry
  failed += v:errors->mapnew((_, error) => $'{name}: {error}')
endfor
writefile(empty(failed) ? [$'passed: {len(names)}'] : failed, $HIVESYNC_REPORT)
qall!
