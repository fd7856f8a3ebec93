vim9script
# `:HiveSync login`: a code for the browser; the session stays with the agent.

import autoload '../browser.vim'
import autoload '../client.vim'
import autoload '../json.vim'
import autoload '../plain.vim'
import autoload '../session.vim'
import autoload '../starting.vim'
import autoload '../tell.vim'
import autoload '../view.vim'

const PAUSE_MILLISECONDS = 1500

def Show(pending: dict<any>, server: string): number
  var link = plain.Line(json.Text(pending, 'verification_uri_complete'))
  return view.Popup('Sign in', [
    '',
    [' Open    ', [plain.Line(json.Text(pending, 'verification_uri')), 'HiveSyncStrong']],
    [' Code    ', [plain.Line(json.Text(pending, 'user_code')), 'HiveSyncTitle']],
    '',
    [[' This window closes once you have signed in.', 'HiveSyncHint']],
    '',
    view.Keys(['o', 'open the browser', 'y', 'copy the link', 'q', 'close']),
  ], {
    o: (_) => {
      var wrong = browser.Open(link, [server])
      if !empty(wrong)
        tell.Warning(wrong)
      endif
    },
    y: (_) => {
      view.Copy(link)
      tell.Info('The link is copied.')
    },
  })
enddef

def Ended(state: dict<any>)
  session.Refresh()
  if json.True(state, 'signed_in')
    tell.Info($'Signed in as {json.Text(json.Member(state, "user"), "username")}.')
  else
    var why = json.Text(state, 'error')
    tell.Failure({message: empty(why) ? 'The sign-in has ended.' : why})
  endif
enddef

def Wait(window: number)
  client.Ask('GET', '/v1/session', null, (failure, state, _) => {
    if !empty(failure)
      popup_close(window)
      tell.Failure(failure)
    elseif json.True(state, 'signed_in') || empty(json.Member(state, 'pending'))
      popup_close(window)
      Ended(state)
    else
      timer_start(PAUSE_MILLISECONDS, (_) => Wait(window))
    endif
  })
enddef

export def Run(_: dict<any>)
  starting.NeedAgent('Signing in', () => {
    client.Ask('POST', '/v1/session/login', {}, (failure, state, _) => {
      if !empty(failure)
        tell.Failure(failure)
      elseif empty(json.Member(state, 'pending'))
        tell.Info('You are signed in.')
      else
        Wait(Show(state.pending, json.Text(state, 'server_url')))
      endif
    })
  })
enddef
