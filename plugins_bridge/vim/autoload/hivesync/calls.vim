vim9script
# One call before it is known who answers it. Refuses a path that could name another host.

import autoload './random.vim'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export def IsLocal(call_: dict<any>): bool
  return stridx(call_.path, '/api/') != 0
enddef

# Give the call, or {} for one that is never sent. A body of null is none.
export def New(method: string, path: string, body: any): dict<any>
  if index(METHODS, method) < 0 || path !~ '^/[!-~]*$' || path =~ '^//\|[\\#]'
    return {}
  endif
  var call_: dict<any> = {method: method, path: path, key: '', body: '', headers: {Accept: 'application/json'}}
  if type(body) != v:t_none
    call_.body = json_encode(body)
    call_.headers['Content-Type'] = 'application/json'
  endif
  if method != 'GET'
    call_.key = random.Uuid()
    call_.headers['Idempotency-Key'] = call_.key
  endif
  return call_
enddef

# Percent-encode a value of a query, byte by byte.
export def Escaped(text: string): string
  var parts: list<string> = []
  for at in range(strlen(text))
    var byte = strpart(text, at, 1)
    add(parts, byte =~ '[A-Za-z0-9._~-]' ? byte : printf('%%%02X', char2nr(byte, false) % 256))
  endfor
  return join(parts, '')
enddef
