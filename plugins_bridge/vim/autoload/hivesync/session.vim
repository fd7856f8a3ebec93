vim9script
# What is known of the agent and its user, kept up to date by events, and every minute without them.

import autoload './agent.vim'
import autoload './client.vim'
import autoload './console.vim'
import autoload './diagnostics.vim'
import autoload './events.vim'
import autoload './json.vim'
import autoload './project.vim'
import autoload './settings.vim'
import autoload './tell.vim'

const REFRESH_MILLISECONDS = 60000
const BURST_MILLISECONDS = 150

var state: dict<any> = {
  known: false,
  signed_in: false,
  mode: 'none',
  tier: '',
  online: true,
  paused: false,
  pending: 0,
  unread: 0,
  queued: 0,
}
var timer = -1
var is_planned = false

export def State(): dict<any>
  return state
enddef

def Changed()
  redrawstatus!
enddef

def ReadUnread()
  client.Ask('GET', '/api/v1/notifications/unread', null, (failure, data, _) => {
    if empty(failure)
      state.unread = json.Number(data, 'count')
      Changed()
    endif
  })
enddef

def Absent()
  extend(state, {known: true, pending: 0, queued: 0, paused: false, online: true})
  client.Mode((mode, _) => {
    state.mode = mode
    if mode != 'direct'
      state.signed_in = false
      Changed()
      return
    endif
    client.Ask('GET', '/api/v1/auth/me', null, (failure, user, _) => {
      state.signed_in = empty(failure)
      state.tier = json.Text(user, 'tier')
      Changed()
    })
  })
enddef

def Present(status: dict<any>)
  extend(state, {
    known: true,
    mode: 'proxy',
    signed_in: json.True(status, 'signed_in'),
    online: json.True(status, 'online'),
    paused: json.True(status, 'paused'),
    tier: json.Text(status, 'tier'),
    pending: json.Number(status, 'pending_previews'),
    queued: json.Number(status, 'queued_operations'),
  })
  if state.signed_in && state.online
    ReadUnread()
  elseif !state.signed_in
    state.unread = 0
  endif
  Changed()
enddef

# Ask for everything that the status line shows.
export def Refresh()
  client.Ask('GET', '/v1/status', null, (failure, status, _) => {
    if empty(failure)
      Present(status)
    else
      Absent()
    endif
  })
enddef

# Events come in bursts; one question answers them all.
def RefreshSoon()
  if is_planned
    return
  endif
  is_planned = true
  timer_start(BURST_MILLISECONDS, (_) => {
    is_planned = false
    Refresh()
  })
enddef

def TakeNotification(data: dict<any>)
  state.unread += 1
  if settings.Announces()
    tell.Info(json.Text(json.Member(data, 'notification'), 'text'))
  endif
  Changed()
enddef

def Take(event: dict<string>)
  var decoded = json.Decoded(event.data)
  var data: dict<any> = type(decoded) == v:t_dict ? decoded : {}
  if event.type == 'notification.created'
    TakeNotification(data)
  elseif event.type == 'preview.diagnostics'
    diagnostics.Show(json.Text(data, 'preview_id'), json.Items(data, 'diagnostics'))
  elseif event.type == 'device.console'
    console.Add(data)
  elseif event.type == 'operation.conflict'
    tell.Warning('A change that waited was refused; `hivesync operations` shows it.')
    RefreshSoon()
  elseif event.type == 'session.changed'
    project.Forget()
    RefreshSoon()
  elseif index(['agent.changed', 'preview.progress', 'operation.queued', 'operation.done', 'reset'], event.type) >= 0
    RefreshSoon()
  endif
enddef

# Begin to follow the agent. Called by the first command, or by the status line.
export def Start()
  if timer != -1
    return
  endif
  timer = timer_start(REFRESH_MILLISECONDS, (_) => Refresh(), {repeat: -1})
  # Not now: a status line that is being drawn is no place to begin.
  timer_start(0, (_) => {
    Refresh()
    events.Start(Take, (_) => {
      RefreshSoon()
    })
  })
  autocmd VimLeavePre * Stop()
enddef

export def Stop()
  events.Stop()
  agent.CloseAll()
  timer_stop(timer)
  timer = -1
enddef
