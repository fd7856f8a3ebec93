vim9script
# Which link of a server's answer may be opened: https, or http to this machine, and only to our own hosts.

import autoload './client.vim'
import autoload './json.vim'

def IsHere(origin: string): bool
  return origin =~ '^https\=://\%(localhost\|127\%(\.\d\{1,3}\)\{3}\|\[::1\]\)\%(:\d\+\)\=$'
enddef

# Give the link's origin, '' for one that no browser should see.
export def OriginOf(link: string): string
  if link =~ '[^!-~]' || link =~ '["''`<>\\]'
    return ''
  endif
  # Nothing but a host and a port: before an "@" stands a name for the server, and anything looks like a host.
  var origin = tolower(matchstr(link, '^https\=://\%([A-Za-z0-9.-]\+\|\[::1\]\)\%(:\d\+\)\=\ze\%($\|[/?#]\)'))
  return origin =~ '^https:' || IsHere(origin) ? origin : ''
enddef

# Tell whether the link leads to one of these origins. Other ports of this machine are ours only where the server
# itself, the first of them, is here, too: one elsewhere has no say over what listens on this machine.
export def IsOurs(link: string, origins: list<string>): bool
  var origin = OriginOf(link)
  if IsHere(origin)
    return IsHere(OriginOf(origins[0]))
  endif
  return !empty(origin) && index(mapnew(origins, (_, each) => OriginOf(each)), origin) >= 0
enddef

# Ask for the origins that the backend names as its own: `Done(failure, origins)`.
export def AskOrigins(Done: func)
  client.Ask('GET', '/v1/session', null, (failure, state, _) => {
    if !empty(failure)
      Done(failure, [])
      return
    endif
    client.Ask('GET', '/api/v1/health', null, (unhealthy, health, _) => {
      var named = json.Items(health, 'upload_origins')->copy()->filter((_, each) => type(each) == v:t_string)
      Done(unhealthy, [json.Text(state, 'server_url')] + named)
    })
  })
enddef
