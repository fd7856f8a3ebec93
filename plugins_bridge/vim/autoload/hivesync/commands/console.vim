vim9script
# `:HiveSync console`: what the app on the phone writes.

import autoload '../console.vim' as lines

export def Run(_: dict<any>)
  lines.Open()
enddef
