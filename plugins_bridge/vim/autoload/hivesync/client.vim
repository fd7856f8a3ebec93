vim9script
# Decides for each call who answers it: the agent where it runs, else the backend by the `hivesync` command.
# Nothing is done twice: what may have arrived is sent again only under the same Idempotency-Key.

import autoload './agent.vim'
import autoload './calls.vim'
import autoload './connection.vim'
import autoload './direct.vim'
import autoload './http.vim'
import autoload './json.vim'

const BUSY_TRIES = 30
const BUSY_MILLISECONDS = 500
const RATE_TRIES = 3
const RATE_SECONDS = 30
const RETURN_PAUSES = [200, 400, 800, 1600]

const WORDS = {
  AGENT_ABSENT: 'The agent does not run; `hivesync agent start` starts it.',
  AGENT_STALE: 'The agent has ended; `hivesync agent start` starts it.',
  AGENT_UNPROVEN: "Another program has taken the agent's port; `hivesync agent start` starts it anew.",
  AGENT_UNTRUSTED: "The agent's discovery file is not private to you; restart the agent to renew it.",
  AGENT_DAMAGED: "The agent's discovery file is damaged; restart the agent to renew it.",
  AGENT_TOO_NEW: 'The agent is newer than this plugin: update the plugin.',
  AGENT_TOO_OLD: 'The agent is older than this plugin: update HiveSync.',
  BACKEND_DIFFERS: 'The agent serves another backend than HIVESYNC_SERVER_URL names.',
  TIMEOUT: 'The agent took too long to answer.',
  INVALID: "The agent's answer could not be read.",
}
const SPEAKS_OTHERWISE = ['AGENT_TOO_NEW', 'AGENT_TOO_OLD']
const CODES = {AGENT_TOO_NEW: 'PROTOCOL_UNSUPPORTED', AGENT_TOO_OLD: 'PROTOCOL_UNSUPPORTED', TOO_LONG: 'PAYLOAD_TOO_LARGE'}
# Another way would give the same, or do it twice.
const FINAL = ['TIMEOUT', 'TOO_LONG']

export def Words(reason: string): string
  return reason == 'TOO_LONG' ? http.TOO_LONG : get(WORDS, reason, 'The agent ended during the call.')
enddef

def FailureOf(reason: string): dict<any>
  return {code: get(CODES, reason, 'UPSTREAM_UNREACHABLE'), reason: reason, message: Words(reason)}
enddef

# By the backend. While it is still busy with what the agent had begun, it says 409 and when to ask again.
def ByBackend(call_: dict<any>, ticket: dict<any>, Done: func, tries: number)
  direct.Send(call_, ticket, (failure, answer) => {
    var is_busy = get(answer, 'status', 0) == 409 && has_key(answer.headers, 'retry-after') && !empty(call_.key)
    if is_busy && tries > 0 && !ticket.cancelled
      timer_start(BUSY_MILLISECONDS, (_) => ByBackend(call_, ticket, Done, tries - 1))
      return
    endif
    Done(failure, answer)
  })
enddef

def Otherwise(call_: dict<any>, ticket: dict<any>, reason: string, Done: func, tried: number)
  if index(FINAL, reason) >= 0 || ticket.cancelled
    Done(FailureOf(reason), {})
  elseif !calls.IsLocal(call_)
    ByBackend(call_, ticket, Done, BUSY_TRIES)
  elseif reason == 'AGENT_ABSENT' || index(SPEAKS_OTHERWISE, reason) >= 0 || tried >= len(RETURN_PAUSES)
    Done(FailureOf(reason), {})
  else
    # Only the agent answers this. One that ended a moment ago may be about to come back.
    timer_start(RETURN_PAUSES[tried], (_) => Attempt(call_, ticket, Done, tried + 1))
  endif
enddef

def Attempt(call_: dict<any>, ticket: dict<any>, Done: func, tried: number)
  agent.Send(call_, ticket, (reason, answer) => {
    if empty(reason)
      Done({}, answer)
    else
      Otherwise(call_, ticket, reason, Done, tried)
    endif
  })
enddef

# 429 means that nothing was done: ask again when the answer says so.
def Patient(call_: dict<any>, ticket: dict<any>, Done: func, tries: number)
  Attempt(call_, ticket, (failure, answer) => {
    var after = get(answer, 'status', 0) == 429 ? get(answer.headers, 'retry-after', '') : ''
    if after =~ '^\d\+$' && str2nr(after) <= RATE_SECONDS && tries > 1 && !ticket.cancelled
      timer_start(str2nr(after) * 1000 + 20, (_) => Patient(call_, ticket, Done, tries - 1))
      return
    endif
    Done(failure, answer)
  }, 0)
enddef

# Give up a call; its answer will not be told.
export def Cancel(ticket: dict<any>)
  ticket.cancelled = true
  if !empty(get(ticket, 'held', {}))
    connection.Close(ticket.held)
  endif
  if has_key(ticket, 'job') && ticket.job != null_job
    job_stop(ticket.job)
  endif
enddef

# Make one call: `Done(failure, answer)`, one of them {}. A body of null is none.
export def Send(method: string, path: string, body: any, Done: func): dict<any>
  var call_ = calls.New(method, path, body)
  var ticket: dict<any> = {cancelled: false}
  if empty(call_)
    Done({code: 'VALIDATION_ERROR', message: 'That is no path of the API.'}, {})
    return ticket
  endif
  Patient(call_, ticket, (failure, answer) => {
    if !ticket.cancelled
      Done(failure, answer)
    endif
  }, RATE_TRIES)
  return ticket
enddef

def ProblemOf(status: number, data: dict<any>): dict<any>
  var code = json.Text(data, 'code')
  var detail = json.Text(data, 'detail')
  return {
    code: empty(code) ? 'INTERNAL_ERROR' : code,
    message: empty(detail) ? $'HiveSync answered with status {status}.' : detail,
    status: status,
  }
enddef

# Make one call for its data: `Done(failure, data, status)`; a refusal is a failure.
export def Ask(method: string, path: string, body: any, Done: func): dict<any>
  return Send(method, path, body, (failure, answer) => {
    if !empty(failure)
      Done(failure, {}, 0)
      return
    endif
    var decoded = json.Decoded(answer.body)
    var data: dict<any> = type(decoded) == v:t_dict ? decoded : {}
    if answer.status < 300
      Done({}, data, answer.status)
      return
    endif
    Done(ProblemOf(answer.status, data), {}, answer.status)
  })
enddef

# Tell how the next call would go: `Done("proxy" | "direct" | "none", reason)`.
export def Mode(Done: func)
  agent.Probe((reason) => {
    if empty(reason)
      Done('proxy', 'AGENT_PROVEN')
      return
    endif
    direct.Execute(['token', '--json'], '', {}, (code, _, _) => Done(code == 0 ? 'direct' : 'none', reason))
  })
enddef
