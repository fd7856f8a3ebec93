vim9script
# Offers to start the agent for what only the agent can do.

import autoload './client.vim'
import autoload './direct.vim'
import autoload './tell.vim'
import autoload './view.vim'

const WAIT_TRIES = 40
const WAIT_MILLISECONDS = 250

def Wait(Done: func, tries: number)
  client.Mode((mode, reason) => {
    if mode == 'proxy'
      Done()
    elseif tries == 0
      tell.Failure({message: client.Words(reason)})
    else
      timer_start(WAIT_MILLISECONDS, (_) => Wait(Done, tries - 1))
    endif
  })
enddef

def Start(Done: func)
  tell.Info('Starting the agent …')
  direct.Execute(['agent', 'start'], '', {}, (code, _, err) => {
    if code != 0
      tell.Failure({message: err})
    else
      Wait(Done, WAIT_TRIES)
    endif
  })
enddef

# Go on with `Done` once an agent answers; the user is asked before one is started.
export def NeedAgent(purpose: string, Done: func)
  client.Mode((mode, reason) => {
    if mode == 'proxy'
      Done()
      return
    endif
    if index(['AGENT_ABSENT', 'AGENT_STALE'], reason) < 0
      tell.Failure({message: client.Words(reason)})
      return
    endif
    view.Choose($'{purpose} needs the HiveSync agent, which does not run', ['Start the agent', 'Cancel'], (chosen) => {
      if chosen == 0
        Start(Done)
      endif
    })
  })
enddef
