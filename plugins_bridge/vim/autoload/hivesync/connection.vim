vim9script
# A connection that has proven to end at our agent; before that nothing secret is written to it.

import autoload './discovery.vim'
import autoload './http.vim'
import autoload './json.vim'
import autoload './proof.vim'
import autoload './random.vim'
import autoload './version.vim'

const PROOF_MILLISECONDS = 2000
const PROOF_BYTES = 16384

def Request(file: dict<any>, method: string, target: string, headers: dict<string>, body: string): string
  var lines = [
    $'{method} {discovery.PREFIX}{target} HTTP/1.1',
    $'Host: 127.0.0.1:{file.port}',
    $'X-HiveSync-Client: vim/{version.VERSION}',
    $'X-HiveSync-Protocol: {discovery.PROTOCOL}',
  ]
  for [name, value] in items(headers)
    add(lines, $'{name}: {value}')
  endfor
  if !empty(body)
    add(lines, $'Content-Length: {strlen(body)}')
  endif
  return join(lines, "\r\n") .. "\r\n\r\n" .. body
enddef

# Start or move the deadline of silence.
def Expect(held: dict<any>, milliseconds: number)
  timer_stop(held.timer)
  held.timer = timer_start(milliseconds, (_) => End(held, 'TIMEOUT'))
enddef

# Close, and tell whoever waits why.
def End(held: dict<any>, reason: string)
  if held.closed
    return
  endif
  held.closed = true
  timer_stop(held.timer)
  if ch_status(held.channel) =~ 'open\|buffered'
    ch_close(held.channel)
  endif
  var Waiting = held.Waiting
  held.Waiting = null
  if held.OnClosed != null
    call(held.OnClosed, [held])
  endif
  if Waiting != null
    call(Waiting, [reason, {}])
  endif
enddef

export def Close(held: dict<any>)
  held.Waiting = null
  End(held, 'CLOSED')
enddef

def Answered(held: dict<any>)
  var reader = held.reader
  var Waiting = held.Waiting
  held.reader = {}
  held.Waiting = null
  timer_stop(held.timer)
  if !http.KeepsOpen(reader)
    End(held, 'CLOSED')
  endif
  call(Waiting, ['', http.Answer(reader)])
enddef

def Received(held: dict<any>, data: string)
  if held.closed
    return
  endif
  if empty(held.reader)
    End(held, 'LOST') # an idle connection has nothing to say
    return
  endif
  held.heard = true
  if held.silence > 0
    Expect(held, held.silence)
  endif
  var outcome = http.Feed(held.reader, data)
  if outcome == 'bad'
    End(held, 'INVALID')
  elseif outcome == 'long'
    End(held, 'TOO_LONG')
  elseif outcome == 'done'
    Answered(held)
  endif
enddef

def Ended(held: dict<any>)
  if held.closed
    return
  endif
  if !empty(held.reader) && http.End(held.reader) == 'done'
    Answered(held)
  else
    End(held, 'LOST')
  endif
enddef

def Write(held: dict<any>, text: string)
  try
    ch_sendraw(held.channel, text)
  catch /^Vim\%((\a\+)\)\=:E/
    End(held, 'LOST')
  endtry
enddef

# Send one request. `Waiting` gets a reason, or '' and the answer.
export def Send(held: dict<any>, call_: dict<any>, silence: number, Waiting: func)
  held.heard = false
  held.silence = silence
  held.reader = http.New(get(call_, 'OnBody', null))
  held.Waiting = Waiting
  Expect(held, silence)
  var headers = extend({Authorization: 'Bearer ' .. held.file.token}, call_.headers)
  Write(held, Request(held.file, call_.method, call_.path, headers, get(call_, 'body', '')))
enddef

def Prove(held: dict<any>, Done: func)
  var nonce = random.Digits()
  held.reader = http.New(null, PROOF_BYTES)
  held.Waiting = (reason: string, answer: dict<any>) => {
    var claim = get(answer, 'status', 0) == 200 ? json.Text(json.Decoded(answer.body), 'proof') : ''
    if empty(reason) && !held.closed && proof.Holds(held.file.token, nonce, claim)
      Done('', held)
      return
    endif
    Close(held)
    Done(reason == 'LOST' ? 'AGENT_STALE' : 'AGENT_UNPROVEN', held)
  }
  Expect(held, PROOF_MILLISECONDS)
  Write(held, Request(held.file, 'GET', '/?nonce=' .. nonce, {}, ''))
enddef

# Give an open channel, or one that could not be opened.
def Dialled(held: dict<any>): channel
  var dialled = null_channel
  try
    dialled = ch_open($'127.0.0.1:{held.file.port}', {
      mode: 'raw',
      waittime: 500,
      callback: (_, data) => Received(held, data),
      close_cb: (_) => Ended(held),
    })
  catch /^Vim\%((\a\+)\)\=:E90[0-9]/
    dialled = null_channel
  endtry
  return dialled
enddef

# Connect and prove. `Done` gets a reason, or '' and the connection.
export def Open(file: dict<any>, OnClosed: func, Done: func)
  var held: dict<any> = {
    file: file,
    timer: -1,
    reader: {},
    closed: false,
    heard: false,
    silence: 0,
    Waiting: null,
    OnClosed: OnClosed,
  }
  held.channel = Dialled(held)
  if ch_status(held.channel) != 'open'
    End(held, 'AGENT_STALE')
    Done('AGENT_STALE', held)
    return
  endif
  Prove(held, Done)
enddef
