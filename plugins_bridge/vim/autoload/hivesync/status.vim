vim9script
# The status line's text. Made of fixed words and numbers, so that nothing of others can stand in it.

import autoload './session.vim'

const TIERS = {free: 'Free', pro: 'Pro', premium: 'Premium'}

def Count(number: number, words: string): string
  return number > 0 ? $' · {min([number, 999])} {words}' : ''
enddef

export def Text(): string
  session.Start()
  var state = session.State()
  if !state.known
    return 'HiveSync …'
  elseif !state.signed_in
    return state.mode == 'none' ? 'HiveSync off' : 'HiveSync signed out'
  endif
  var text = 'HiveSync ' .. get(TIERS, state.tier, 'on')
  if state.paused
    text ..= ' · paused'
  elseif !state.online
    text ..= ' · offline'
  endif
  return text .. Count(state.pending, 'building') .. Count(state.unread, 'unread') .. Count(state.queued, 'waiting')
enddef
