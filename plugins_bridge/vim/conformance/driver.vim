vim9script
# The conformance runner's way to this plugin: JSON, a line each, over the connection that it names.
# Run by: vim -u NONE -N -i NONE -n -es --cmd "set rtp^=plugins_bridge/vim" -S conformance/driver.vim

import autoload 'hivesync/client.vim'
import autoload 'hivesync/events.vim'
import autoload 'hivesync/json.vim'

var rest = ''
var has_stopped = false
var socket: channel

def Say(message: dict<any>)
  ch_sendraw(socket, json_encode(message) .. "\n")
enddef

def Call(order: dict<any>)
  client.Send(order.method, order.path, order.body, (failure, answer) => {
    if !empty(failure)
      Say({id: order.id, error: {code: failure.code, message: failure.message}})
    else
      Say({id: order.id, status: answer.status, body: json.Decoded(answer.body)})
    endif
  })
enddef

def Ignore(_: bool)
enddef

def Events(order: dict<any>)
  events.Start((event) => {
    Say({event: {id: event.id, type: event.type, data: json.Decoded(event.data)}})
  }, Ignore)
  Say({id: order.id, ok: true})
enddef

def Obey(order: dict<any>)
  if order.do == 'call'
    Call(order)
  elseif order.do == 'events'
    Events(order)
  elseif order.do == 'mode'
    client.Mode((mode, reason) => Say({id: order.id, mode: mode, reason: reason}))
  elseif order.do == 'stop'
    events.Stop()
    Say({id: order.id, ok: true})
    has_stopped = true
  endif
enddef

def Receive(data: string)
  rest ..= data
  while stridx(rest, "\n") >= 0
    var end = stridx(rest, "\n")
    var line = strpart(rest, 0, end)
    rest = strpart(rest, end + 1)
    Obey(json_decode(line))
  endwhile
enddef

socket = ch_open($HIVESYNC_CONFORMANCE_ADDRESS, {
  mode: 'raw',
  waittime: 5000,
  callback: (_, data) => Receive(data),
  close_cb: (_) => {
    has_stopped = true
  },
})
# Without a terminal nothing else keeps Vim here; the plugin itself never waits.
while !has_stopped
  sleep 5m
endwhile
sleep 50m
qall!
