vim9script
# The user's settings: global variables, each with a default.

def Value(name: string, default: any): any
  var given = get(g:, 'hivesync_' .. name, default)
  return type(given) == type(default) ? given : default
enddef

# The command for Direct Mode and for starting the agent.
export def Command(): string
  return Value('command', 'hivesync')
enddef

# Which platform's files a preview takes: ios, android or web.
export def Platform(): string
  return Value('platform', 'ios')
enddef

# Tell of new notifications.
export def Announces(): bool
  return get(g:, 'hivesync_announce', 1) ? true : false
enddef

# Show what the app on the phone writes, as soon as it writes something.
export def OpensConsole(): bool
  return get(g:, 'hivesync_open_console', 0) ? true : false
enddef
