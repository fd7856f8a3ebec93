vim9script
# Opens a link in the user's browser: https only, or http to this machine; never by a shell.

export def IsSafe(link: string): bool
  # Nothing but a host and a port: before an "@" stands a name for the server, and anything looks like a host.
  return link =~ '^\(https://[A-Za-z0-9.-]\+\|http://127\.0\.0\.1\|http://localhost\)\(:\d\+\)\?\($\|[/?#]\)'
    && link !~ '[[:space:][:cntrl:]"''`<>\\]'
enddef

# Give whether a browser was started.
export def Open(link: string): bool
  var command = ['xdg-open', link]
  if has('mac') || has('macunix') || has('osx')
    command = ['open', link]
  elseif has('win32')
    command = ['rundll32', 'url.dll,FileProtocolHandler', link]
  endif
  if !IsSafe(link) || !executable(command[0])
    return false
  endif
  job_start(command, {in_io: 'null', out_io: 'null', err_io: 'null', stoponexit: ''})
  return true
enddef
