vim9script
# Short messages to the user.

import autoload './plain.vim'

var shown = 0

def Echo(text: string, highlight: string)
  # No message is longer than the line, so that Vim never asks for Enter.
  var room = max([20, &columns - 14])
  var said = 'HiveSync: ' .. plain.Line(text)
  if strdisplaywidth(said) <= room
    execute 'echohl' highlight
    echomsg said
    echohl None
    return
  endif
  # One at a time: the older one would lie above the newer.
  popup_close(shown)
  shown = popup_notification(Wrapped(said, room), {
    line: 2,
    time: 8000,
    highlight: highlight,
    borderchars: ['─', '│', '─', '│', '╭', '╮', '╯', '╰'],
  })
enddef

def Wrapped(text: string, room: number): list<string>
  var lines: list<string> = ['']
  for word in split(text)
    if strdisplaywidth(lines[-1] .. ' ' .. word) > min([room, 72])
      add(lines, word)
    else
      lines[-1] = trim(lines[-1] .. ' ' .. word)
    endif
  endfor
  return lines
enddef

export def Info(text: string)
  Echo(text, 'None')
enddef

export def Warning(text: string)
  Echo(text, 'WarningMsg')
enddef

# Show a failure as client.vim gives it, and what to do about it.
export def Failure(failure: dict<any>)
  var code = get(failure, 'code', '')
  var message = get(failure, 'message', '')
  if index(['AUTH_REQUIRED', 'AUTH_EXPIRED'], code) >= 0
    # In an editor the way to sign in is its own command, and the message may know of another only.
    message = substitute(message, '; run `hivesync login`\.$', '.', '') .. ' Sign in with :HiveSync login.'
  endif
  Echo(empty(message) ? 'It failed.' : message, 'ErrorMsg')
enddef

# Tell of a change that waits for the network; true if it does.
export def Queued(status: number): bool
  if status == 202
    Info('You are offline. The change is kept, and sent when HiveSync can be reached.')
  endif
  return status == 202
enddef
