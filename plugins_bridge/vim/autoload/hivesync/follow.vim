vim9script
# Asks for something until it has reached an end. The agent answers from memory, so asking is cheap.

import autoload './client.vim'

const PAUSE_MILLISECONDS = 400

def Ask(asking: dict<any>)
  client.Ask('GET', asking.path, null, (failure, data, _) => {
    if asking.has_ended
      return
    endif
    if !empty(failure)
      call(asking.OnFailure, [failure])
    elseif !call(asking.OnState, [data])
      timer_start(PAUSE_MILLISECONDS, (_) => {
        if !asking.has_ended
          Ask(asking)
        endif
      })
    endif
  })
enddef

# `OnState(data)` for each answer; it gives true at the end. Set `has_ended` of what is given to end it.
export def Poll(path: string, OnState: func(dict<any>): bool, OnFailure: func): dict<any>
  var asking: dict<any> = {path: path, OnState: OnState, OnFailure: OnFailure, has_ended: false}
  Ask(asking)
  return asking
enddef
