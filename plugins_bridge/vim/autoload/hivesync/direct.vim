vim9script
# The way to the backend without an agent: the `hivesync` command, which has TLS and the shared session.

import autoload './http.vim'
import autoload './json.vim'
import autoload './programs.vim'
import autoload './settings.vim'

const MISSING = 'The `hivesync` command is not installed, and the agent does not run. '
  .. 'Install it (`pip install ./sdk ./desktop_agent` in a checkout of HiveSync), then `hivesync login`.'

# Run a command with text on its standard input: `Done(exit code, out, err)`; -1: it can't be run.
export def Execute(arguments: list<string>, input: string, ticket: dict<any>, Done: func)
  var program = programs.Find(settings.Command())
  if empty(program)
    Done(-1, '', MISSING)
    return
  endif
  var state: dict<any> = {out: [], err: [], left: 2, code: -1}
  var Ended = () => {
    state.left -= 1
    if state.left == 0
      ticket.job = null_job
      Done(state.code, join(state.out, ''), join(state.err, ''))
    endif
  }
  var job = job_start([program] + arguments, {
    in_io: empty(input) ? 'null' : 'pipe',
    mode: 'raw',
    out_cb: (_, text) => add(state.out, text),
    err_cb: (_, text) => add(state.err, text),
    exit_cb: (_, code) => {
      state.code = code
      Ended()
    },
    close_cb: (_) => Ended(),
  })
  ticket.job = job
  if !empty(input)
    ch_sendraw(job, input)
    ch_close_in(job)
  endif
enddef

def FailureOf(out: string, err: string): dict<any>
  var problem = json.Decoded(out)
  if !empty(json.Text(problem, 'code'))
    return {code: problem.code, message: json.Text(problem, 'detail'), status: json.Number(problem, 'status')}
  endif
  return {code: 'UPSTREAM_UNREACHABLE', message: empty(trim(err)) ? 'The `hivesync` command failed.' : trim(err)}
enddef

# Send the call: `Done` gets a failure and an answer, one of them {}.
export def Send(call_: dict<any>, ticket: dict<any>, Done: func)
  var arguments = ['api', '--json', '--include']
  if !empty(call_.key)
    arguments += ['--key', call_.key]
  endif
  if !empty(call_.body)
    arguments += ['--data', '-']
  endif
  Execute(arguments + [call_.method, call_.path], call_.body, ticket, (code, out, err) => {
    if code == -1
      Done({code: 'COMMAND_MISSING', message: empty(err) ? 'The `hivesync` command was ended.' : err}, {})
      return
    endif
    var reader = http.New()
    var fed = code == 0 ? http.Feed(reader, out) : 'bad'
    if fed == 'long'
      Done({code: 'PAYLOAD_TOO_LARGE', message: http.TOO_LONG}, {})
    elseif fed != 'bad' && http.End(reader) == 'done'
      Done({}, http.Answer(reader))
    else
      Done(FailureOf(out, err), {})
    endif
  })
enddef
