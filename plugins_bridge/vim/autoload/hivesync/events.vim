vim9script
# The agent's events, for ever: comes back after a break and asks for what it has missed.

import autoload './agent.vim'
import autoload './client.vim'
import autoload './sse.vim'

const SILENCE_MILLISECONDS = 45000
const FIRST_PAUSE = 200
const LAST_PAUSE = 10000

var running: dict<any> = {}

def SayConnected(stream: dict<any>, is_connected: bool)
  if stream.is_connected != is_connected
    stream.is_connected = is_connected
    if running is stream
      call(stream.OnConnection, [is_connected])
    endif
  endif
enddef

def Again(stream: dict<any>)
  if running isnot stream
    return
  endif
  # With some chance in it, so that all editors do not come back at once.
  var pause = stream.pause * (75 + rand() % 50) / 100
  stream.pause = min([stream.pause * 2, LAST_PAUSE])
  stream.timer = timer_start(pause, (_) => {
    if running is stream
      Connect(stream)
    endif
  })
enddef

def Connect(stream: dict<any>)
  var headers = {Accept: 'text/event-stream', 'Cache-Control': 'no-store'}
  if !empty(stream.last_id)
    headers['Last-Event-ID'] = stream.last_id
  endif
  var parser = sse.New((event) => {
    stream.last_id = event.id
    stream.pause = FIRST_PAUSE
    # Ours always carry JSON; one without data only moves the id.
    if running is stream && !empty(event.data)
      call(stream.OnEvent, [event])
    endif
  })
  var call_ = {
    method: 'GET',
    path: '/v1/events',
    headers: headers,
    silence: SILENCE_MILLISECONDS,
    OnBody: (piece: string, reader: dict<any>) => {
      if reader.status == 200
        SayConnected(stream, true)
        sse.Feed(parser, piece)
      endif
    },
  }
  agent.Send(call_, stream.ticket, (_, _) => {
    SayConnected(stream, false)
    Again(stream)
  })
enddef

# Listen. There is one stream an editor; `OnConnection(true)` says that events flow again.
export def Start(OnEvent: func, OnConnection: func)
  Stop()
  running = {
    OnEvent: OnEvent,
    OnConnection: OnConnection,
    last_id: '',
    pause: FIRST_PAUSE,
    timer: -1,
    ticket: {cancelled: false},
    is_connected: false,
  }
  Connect(running)
enddef

export def Stop()
  var stream = running
  running = {}
  if !empty(stream)
    timer_stop(stream.timer)
    client.Cancel(stream.ticket)
  endif
enddef
