vim9script
# Runs a command by its name, and completes names.

import autoload './session.vim'
import autoload './tell.vim'
import autoload './commands/ai_docs.vim' as docs
import autoload './commands/comments.vim'
import autoload './commands/console.vim'
import autoload './commands/doctor.vim'
import autoload './commands/login.vim'
import autoload './commands/logout.vim'
import autoload './commands/notifications.vim'
import autoload './commands/preview.vim'
import autoload './commands/status.vim'
import autoload './commands/tasks.vim'

# Functions by name, so that only the one that is called is loaded.
const COMMANDS: dict<func> = {
  comments: (given) => comments.Run(given),
  console: (given) => console.Run(given),
  docs: (given) => docs.Run(given),
  doctor: (given) => doctor.Run(given),
  live: (given) => preview.Live(given),
  login: (given) => login.Run(given),
  logout: (given) => logout.Run(given),
  notifications: (given) => notifications.Run(given),
  preview: (given) => preview.Run(given),
  status: (given) => status.Run(given),
  stop: (given) => preview.Stop(given),
  tasks: (given) => tasks.Run(given),
}
const TAKES_PATH = ['docs', 'live', 'preview']

export def Run(words: list<string>, lines: list<number>)
  var name = get(words, 0, 'status')
  if !has_key(COMMANDS, name)
    tell.Failure({message: $'There is no "{name}". There are: {join(sort(keys(COMMANDS)), ", ")}.'})
    return
  endif
  session.Start()
  call(COMMANDS[name], [{argument: get(words, 1, ''), lines: lines}])
enddef

export def Complete(typed: string, line: string): list<string>
  var words = split(matchstr(line, 'HiveSync\zs.*'))
  if len(words) > 1 || len(words) == 1 && line =~ '\s$'
    return index(TAKES_PATH, words[0]) >= 0 ? getcompletion(typed, 'file') : []
  endif
  return sort(keys(COMMANDS))->filter((_, name) => stridx(name, typed) == 0)
enddef
