vim9script
# Find the agent by its discovery file. Believes nothing that another user could have written.

import autoload './json.vim'

export const PROTOCOL = 1
export const PREFIX = '/hivesync-desktop-api'
const LONGEST_BYTES = 65536

def Folder(): string
  if !empty($HIVESYNC_RUNTIME_DIR)
    return $HIVESYNC_RUNTIME_DIR
  endif
  if has('mac') || has('macunix') || has('osx')
    return $HOME .. '/Library/Application Support/HiveSync/run'
  endif
  if has('win32')
    return (empty($LOCALAPPDATA) ? $HOME .. '/AppData/Local' : $LOCALAPPDATA) .. '/HiveSync/run'
  endif
  return empty($XDG_RUNTIME_DIR) ? $HOME .. '/.local/state/hivesync/run' : $XDG_RUNTIME_DIR .. '/hivesync'
enddef

export def Path(): string
  var profile = $HIVESYNC_PROFILE =~# '^[a-z0-9][a-z0-9_-]*$' ? $HIVESYNC_PROFILE : 'default'
  return Folder() .. (profile == 'default' ? '/desktop-agent.json' : $'/desktop-agent.{profile}.json')
enddef

# Vim shows neither owner nor inode. A file that only its owner may read, and that we can read, is ours
# (or we are root, whom nobody tricks by a file in a folder of root's).
def IsPrivate(path: string): bool
  return has('win32') || getfperm(path) =~ '^..-------$'
enddef

def IsWellFormed(data: any): bool
  if type(data) != v:t_dict || type(get(data, 'protocol')) != v:t_dict
    return false
  endif
  var numbers = [get(data, 'port', ''), get(data, 'pid', ''), get(data.protocol, 'min', ''), get(data.protocol, 'max', '')]
  var texts = [get(data, 'instance_id', 0), get(data, 'version', 0), get(data, 'token', 0)]
  return get(data, 'schema', 0) is 1
    && indexof(numbers, (_, each) => type(each) != v:t_number) < 0
    && indexof(texts, (_, each) => type(each) != v:t_string) < 0
    && data.port > 0 && data.port < 65536
    && data.token =~ '^[A-Za-z0-9_-]\{43}$'
enddef

def ServesAnother(data: dict<any>): bool
  var meant = substitute($HIVESYNC_SERVER_URL, '/\+$', '', '')
  var served = substitute(json.Text(data, 'server_url'), '/\+$', '', '')
  return !empty(meant) && !empty(served) && meant !=? served
enddef

def Content(path: string): string
  if getftype(path) != 'file' || !IsPrivate(path) || getfsize(path) > LONGEST_BYTES
    return ''
  endif
  var text = ''
  try
    text = readfile(path, 'b')->join("\n")
  catch /^Vim\%((\a\+)\)\=:E48[45]/
    text = '' # it went away in between, with its agent
  endtry
  return text
enddef

# Give [file, reason]: the agent's file with its `stamp`, or {} and why not.
export def Read(): list<any>
  var path = Path()
  if empty(getftype(path))
    return [{}, 'AGENT_ABSENT']
  endif
  var text = Content(path)
  if empty(text)
    return [{}, getfsize(path) > LONGEST_BYTES ? 'AGENT_DAMAGED' : 'AGENT_UNTRUSTED']
  endif
  var data = json.Decoded(text)
  if !IsWellFormed(data)
    return [{}, 'AGENT_DAMAGED']
  endif
  if data.protocol.min > PROTOCOL
    return [{}, 'AGENT_TOO_NEW']
  elseif data.protocol.max < PROTOCOL
    return [{}, 'AGENT_TOO_OLD']
  elseif ServesAnother(data)
    return [{}, 'BACKEND_DIFFERS']
  endif
  # The file is small and stays in the system's memory: it is read for each call, and its token tells restarts.
  data.stamp = data.token
  return [data, '']
enddef
