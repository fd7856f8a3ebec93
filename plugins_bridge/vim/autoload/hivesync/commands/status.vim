vim9script
# `:HiveSync status`: who is signed in, which way calls go, and how the agent is.

import autoload '../client.vim'
import autoload '../json.vim'
import autoload '../plain.vim'
import autoload '../version.vim'
import autoload '../view.vim'

def Row(name: string, text: string, highlight = ''): list<any>
  var shown: any = empty(highlight) ? text : [text, highlight]
  return [[printf(' %-12s', name), 'HiveSyncHint'], shown]
enddef

def OfAgent(status: dict<any>): list<any>
  var user = plain.Line(json.Text(json.Member(status, 'user'), 'username'))
  var programs = json.Items(status, 'clients')->mapnew((_, each) => plain.Line(json.Text(each, 'name')))
  var way = $'{plain.Line(json.Text(status, "version"))}, {json.True(status, "paused") ? "paused" : "running"}'
  var pending = json.Number(status, 'pending_previews')
  var queued = json.Number(status, 'queued_operations')
  return [
    Row('Signed in', empty(user) ? 'no — :HiveSync login' : $'{user}, {plain.Line(json.Text(status, "tier"))}'),
    Row('Way', 'by the agent on this machine'),
    Row('Agent', way),
    Row('Backend', plain.Line(json.Text(status, 'server_url'))),
    json.True(status, 'online')
      ? Row('', $'online, {json.Number(status, "upstream_latency_ms")} ms', 'HiveSyncGood')
      : Row('', "can't be reached", 'HiveSyncBad'),
    Row('Waiting', $'{pending} previews, {queued} changes for the network'),
    Row('Programs', join(programs, ', ')),
  ]
enddef

def WithoutAgent(mode: string, reason: string): list<any>
  return [
    mode == 'direct'
      ? Row('Way', 'direct, by the `hivesync` command', 'HiveSyncWarn')
      : Row('Way', 'none', 'HiveSyncBad'),
    Row('Why', client.Words(reason)),
  ]
enddef

def Show(lines: list<any>)
  view.Popup('HiveSync', [''] + lines + [Row('Plugin', 'hivesync.vim ' .. version.VERSION), ''])
enddef

export def Run(_: dict<any>)
  client.Ask('GET', '/v1/status', null, (failure, status, _) => {
    if empty(failure)
      Show(OfAgent(status))
    else
      client.Mode((mode, reason) => Show(WithoutAgent(mode, reason)))
    endif
  })
enddef
