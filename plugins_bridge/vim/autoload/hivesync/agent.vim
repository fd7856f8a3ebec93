vim9script
# The way to this machine's agent: proven connections, kept while they are used; follows its restarts.

import autoload './connection.vim'
import autoload './discovery.vim'

const OPEN_MAX = 8
const IDLE_MILLISECONDS = 30000
const SILENCE_MILLISECONDS = 90000

var file: dict<any> = {}
var idle: list<dict<any>> = []
var queue: list<list<any>> = []
var open_count = 0

# Give [file, reason] as it is now; connections to an agent that has gone are closed.
def Current(): list<any>
  var [found, reason] = discovery.Read()
  if get(found, 'stamp', '') != get(file, 'stamp', '')
    for held in copy(idle)
      connection.Close(held)
    endfor
    file = found
  endif
  return [found, reason]
enddef

def Closed(held: dict<any>)
  filter(idle, (_, other) => other isnot held)
  open_count -= 1
  ServeQueue()
enddef

def Acquire(found: dict<any>, Done: func)
  if !empty(idle)
    var held = remove(idle, -1)
    timer_stop(held.timer)
    Done('', held, true)
    return
  endif
  if open_count >= OPEN_MAX
    add(queue, [found, Done])
    return
  endif
  open_count += 1
  connection.Open(found, Closed, (reason, held) => Done(reason, held, false))
enddef

def ServeQueue()
  if !empty(queue)
    var [found, Done] = remove(queue, 0)
    Acquire(found, Done)
  endif
enddef

def Release(held: dict<any>)
  if held.closed
    return
  endif
  if get(file, 'stamp', '') != held.file.stamp
    connection.Close(held)
    return
  endif
  add(idle, held)
  held.timer = timer_start(IDLE_MILLISECONDS, (_) => connection.Close(held))
  ServeQueue()
enddef

# Send on a connection. A kept one may have died unnoticed: then another is opened, once.
def Exchange(found: dict<any>, call_: dict<any>, ticket: dict<any>, Done: func)
  Acquire(found, (reason, held, was_kept) => {
    if !empty(reason)
      Done(reason, {})
      return
    endif
    if get(ticket, 'cancelled', false)
      Release(held)
      return
    endif
    ticket.held = held
    connection.Send(held, call_, get(call_, 'silence', SILENCE_MILLISECONDS), (failure, answer) => {
      ticket.held = {}
      if failure == 'LOST' && was_kept && !held.heard
        Exchange(found, call_, ticket, Done)
        return
      endif
      Release(held)
      Done(failure, answer)
    })
  })
enddef

# Send the call: `Done` gets a reason code, or '' and the answer. `ticket` may be cancelled.
export def Send(call_: dict<any>, ticket: dict<any>, Done: func)
  var [found, reason] = Current()
  if empty(found)
    Done(reason, {})
    return
  endif
  Exchange(found, call_, ticket, (failure, answer) => {
    var is_ours = get(answer, 'status', 0) == 401 && has_key(answer.headers, 'x-hivesync-agent')
    if is_ours
      var [newer, gone] = Current()
      if empty(newer)
        Done(gone, {})
        return
      endif
      if newer.stamp != found.stamp
        Exchange(newer, call_, ticket, Done)
        return
      endif
    endif
    Done(failure, answer)
  })
enddef

# Ask for the proof alone.
export def Probe(Done: func)
  var [found, reason] = Current()
  if empty(found)
    Done(reason)
    return
  endif
  Acquire(found, (failure, held, _) => {
    if empty(failure)
      Release(held)
    endif
    Done(failure)
  })
enddef

export def CloseAll()
  queue = []
  for held in copy(idle)
    connection.Close(held)
  endfor
enddef
