vim9script
# What the app on a phone writes, kept and shown in a buffer that grows.

import autoload './json.vim'
import autoload './plain.vim'
import autoload './settings.vim'
import autoload './view.vim'

const LINES_MAX = 2000
const HIGHLIGHTS = {error: 'HiveSyncBad', warn: 'HiveSyncWarn', info: 'HiveSyncGood', debug: 'HiveSyncHint'}
const NOTHING = [[['Nothing yet: what the app on the phone writes appears here.', 'HiveSyncHint']]]

var lines: list<any> = []
var buffer = -1
var has_opened = false

def Draw()
  if buffer < 0 || !bufexists(buffer)
    return
  endif
  view.Fill(buffer, empty(lines) ? NOTHING : lines)
  for window in win_findbuf(buffer)
    if window != win_getid()
      win_execute(window, 'normal! G')
    endif
  endfor
enddef

def KeepEntry(device: string, entry: any)
  var level = json.Text(entry, 'level')
  var file = plain.Line(json.Text(entry, 'file'))
  var place = empty(file) ? '' : $'  {file}:{json.Number(entry, "line")}'
  for [at, text] in items(plain.Lines(json.Text(entry, 'text')))
    var label = at == 0 ? printf('%s %-5s ', device, plain.Line(level)) : '  '
    var shown: any = has_key(HIGHLIGHTS, level) ? [text, HIGHLIGHTS[level]] : text
    add(lines, [[label, 'HiveSyncHint'], shown, [at == 0 ? place : '', 'HiveSyncHint']])
  endfor
enddef

# Take a `device.console` event.
export def Add(event: dict<any>)
  var device = plain.Line(json.Text(json.Member(event, 'device'), 'name'))
  for entry in json.Items(event, 'lines')
    KeepEntry(device, entry)
  endfor
  var dropped = json.Number(event, 'dropped')
  if dropped > 0
    add(lines, [[$'… and {dropped} more lines, too many to tell', 'HiveSyncHint']])
  endif
  lines = lines[-LINES_MAX :]
  if settings.OpensConsole() && !has_opened
    var before = win_getid()
    Open()
    win_gotoid(before)
  endif
  Draw()
enddef

export def Open()
  has_opened = true
  buffer = view.Split('console', 'hivesync', 'botright :10')
  Draw()
  normal! G
enddef
