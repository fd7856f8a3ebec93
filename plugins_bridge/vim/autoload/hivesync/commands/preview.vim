vim9script
# `:HiveSync preview [PATH]`, `live [PATH]` and `stop`: the current file, or a path, on the phone.

import autoload '../preview.vim' as previews
import autoload '../project.vim'
import autoload '../starting.vim'
import autoload '../tell.vim'

def Begin(argument: string, is_live: bool)
  var buffer = project.CurrentBuffer()
  var path = empty(argument) ? project.PathOf(buffer) : fnamemodify(argument, ':p')
  if getbufvar(buffer, '&modified') && empty(argument)
    tell.Warning('The preview shows the file as it was saved; :write first to see your changes.')
  endif
  starting.NeedAgent('A preview', () => previews.Start(substitute(path, '.\zs/$', '', ''), is_live))
enddef

export def Run(given: dict<any>)
  Begin(given.argument, false)
enddef

export def Live(given: dict<any>)
  Begin(given.argument, true)
enddef

export def Stop(_: dict<any>)
  previews.Stop()
enddef
