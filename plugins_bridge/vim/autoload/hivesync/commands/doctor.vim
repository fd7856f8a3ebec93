vim9script
# `:HiveSync doctor`: what `hivesync doctor` finds, and this plugin's own view.

import autoload '../doctor.vim' as findings
import autoload '../tell.vim'
import autoload '../view.vim'

export def Run(_: dict<any>)
  tell.Info('Looking …')
  findings.Examine((found) => {
    view.Popup('Doctor', findings.Lines(found))
  })
enddef
