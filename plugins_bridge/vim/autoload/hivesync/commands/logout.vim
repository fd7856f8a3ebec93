vim9script
# `:HiveSync logout`: ends the session of this machine, for all editors.

import autoload '../client.vim'
import autoload '../session.vim'
import autoload '../starting.vim'
import autoload '../tell.vim'

export def Run(_: dict<any>)
  starting.NeedAgent('Signing out', () => {
    client.Ask('DELETE', '/v1/session', null, (failure, _, _) => {
      if !empty(failure)
        tell.Failure(failure)
        return
      endif
      session.Refresh()
      tell.Info('Signed out.')
    })
  })
enddef
