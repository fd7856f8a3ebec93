vim9script
# Opens a link of ours in the user's browser; never by a shell.

import autoload './links.vim'
import autoload './programs.vim'

# Give what was wrong, '' once a browser was started.
export def Open(link: string, origins: list<string>): string
  if !links.IsOurs(link, origins)
    return 'The link does not lead to HiveSync, so it was not opened.'
  endif
  var command = ['xdg-open', link]
  if has('mac') || has('macunix') || has('osx')
    command = ['open', link]
  elseif has('win32')
    command = ['rundll32', 'url.dll,FileProtocolHandler', link]
  endif
  var program = programs.Find(command[0])
  if empty(program)
    return 'No browser could be opened; y copies the link.'
  endif
  job_start([program] + command[1 :], {in_io: 'null', out_io: 'null', err_io: 'null', stoponexit: ''})
  return ''
enddef
