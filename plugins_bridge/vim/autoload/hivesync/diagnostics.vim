vim9script
# Build errors where Vim shows its own: in the quickfix list, and as signs beside the lines.

import autoload './json.vim'
import autoload './plain.vim'

var known: dict<list<any>> = {}

sign_define('HiveSyncError', {text: '✗', texthl: 'ErrorMsg'})

def Items(): list<dict<any>>
  var found: list<dict<any>> = []
  for each in values(known)->flattennew(1)
    var path = json.Text(each, 'path')
    if filereadable(path)
      var hint = json.Text(each, 'hint')
      add(found, {
        filename: path,
        lnum: json.Number(each, 'line'),
        col: json.Number(each, 'column'),
        text: plain.Line(json.Text(each, 'message') .. (empty(hint) ? '' : $' — {hint}')),
        type: 'E',
      })
    endif
  endfor
  return found
enddef

def PlaceSigns(found: list<dict<any>>)
  sign_unplace('hivesync')
  for each in found
    sign_place(0, 'hivesync', 'HiveSyncError', bufadd(each.filename), {lnum: max([1, each.lnum])})
  endfor
enddef

# Take all that is wrong by the last build of a preview; an empty list clears it. Gives how much is wrong.
export def Show(preview_id: string, diagnostics: list<any>): number
  known[preview_id] = diagnostics
  var found = Items()
  var is_ours = getqflist({title: 0}).title == 'HiveSync'
  if !empty(found) || is_ours
    setqflist([], is_ours ? 'r' : ' ', {title: 'HiveSync', items: found})
  endif
  PlaceSigns(found)
  return len(found)
enddef
