vim9script
# A list in a popup, a line an item, with keys that act on the item under the cursor.

import autoload './view.vim'

def Lines(list: dict<any>): list<any>
  var lines: list<any> = list.items->mapnew((_, item) => call(list.Line, [item]))
  if empty(lines)
    lines = [[[list.empty, 'HiveSyncHint']]]
  endif
  return lines + ['', view.Keys(list.hints)]
enddef

# Show the items anew; the cursor stays where it is.
export def Render(list: dict<any>)
  view.Show(list.window, Lines(list))
enddef

export def Item(list: dict<any>): dict<any>
  return get(list.items, line('.', list.window) - 1, {})
enddef

export def Close(list: dict<any>)
  popup_close(list.window)
enddef

def Move(list: dict<any>, by: number)
  var to = max([1, min([len(list.items), line('.', list.window) + by])])
  win_execute(list.window, $':{to}')
enddef

# `keys`: [key, what it does, function(item, list), whether it needs no item], in the order in which they are told.
export def Open(list: dict<any>)
  list.hints = []
  var acts: dict<any> = {
    j: (_) => Move(list, 1),
    k: (_) => Move(list, -1),
    ["\<Down>"]: (_) => Move(list, 1),
    ["\<Up>"]: (_) => Move(list, -1),
  }
  for key in list.keys
    list.hints += [key[0] == "\<CR>" ? '<CR>' : key[0], key[1]]
    var [Act, needs_none] = [key[2], key[3]]
    acts[key[0]] = function(Apply, [list, Act, needs_none])
  endfor
  list.hints += ['q', 'close']
  list.window = view.Popup(list.title, Lines(list), acts, {cursorline: true, wrap: false, minwidth: 64})
enddef

def Apply(list: dict<any>, Act: func, needs_none: bool, _: number)
  var item = Item(list)
  if !empty(item) || needs_none
    call(Act, [item, list])
  endif
enddef
