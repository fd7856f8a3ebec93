vim9script
# Popups and scratch buffers. What is put into them is text and never obeyed.

const LINKS = {
  HiveSyncTitle: 'Title',
  HiveSyncHint: 'Comment',
  HiveSyncStrong: 'Function',
  HiveSyncKey: 'Special',
}
for [name, linked] in items(LINKS)
  execute $'highlight default link {name} {linked}'
endfor
# Vim's own choice for the line under the cursor leaves coloured text unreadable.
execute 'highlight default PopupSelected ctermbg=' .. (&background == 'dark' ? '238 guibg=#3d4257' : '252 guibg=#d7dce8')
highlight default HiveSyncGood ctermfg=Green guifg=#5fae6e
highlight default HiveSyncWarn ctermfg=DarkYellow guifg=#d29b3f
highlight default HiveSyncBad ctermfg=Red guifg=#e0605e

for name in ['Title', 'Hint', 'Good', 'Warn', 'Bad', 'Strong', 'Key']
  if empty(prop_type_get('HiveSync' .. name))
    prop_type_add('HiveSync' .. name, {highlight: 'HiveSync' .. name, combine: true})
  endif
endfor

# A line is a text, or a list of texts and [text, highlight]; give it as popups take it.
def Rich(line: any): dict<any>
  var text = ''
  var props: list<dict<any>> = []
  for part in type(line) == v:t_list ? line : [line]
    var piece = type(part) == v:t_list ? part[0] : part
    if type(part) == v:t_list && !empty(piece)
      add(props, {col: strlen(text) + 1, length: strlen(piece), type: part[1]})
    endif
    text ..= piece
  endfor
  return {text: text, props: props}
enddef

# Replace all lines of a buffer.
export def Fill(buffer: number, lines: list<any>)
  var rich = lines->mapnew((_, line) => Rich(line))
  setbufvar(buffer, '&modifiable', 1)
  silent deletebufline(buffer, 1, '$')
  setbufline(buffer, 1, rich->mapnew((_, line) => line.text))
  for [row, line] in items(rich)
    for prop in line.props
      prop_add(row + 1, prop.col, {length: prop.length, type: prop.type, bufnr: buffer})
    endfor
  endfor
  setbufvar(buffer, '&modifiable', 0)
enddef

# Show a scratch buffer in a split, or in the one that shows it already; give its number.
export def Split(name: string, filetype: string, how: string): number
  var title = 'hivesync://' .. name
  var window = bufwinid('^' .. escape(title, '*?[]{}\.') .. '$')
  if window > 0
    win_gotoid(window)
    return bufnr()
  endif
  execute how 'new'
  setlocal buftype=nofile bufhidden=wipe noswapfile nomodeline nobuflisted
  setlocal wrap linebreak nonumber norelativenumber signcolumn=no nofoldenable
  execute 'silent keepalt file' fnameescape(title)
  &l:filetype = filetype
  nnoremap <buffer> <nowait> q <Cmd>close<CR>
  return bufnr()
enddef

def Options(title: string, lines: list<dict<any>>, more: dict<any>): dict<any>
  return extend({
    title: $' {title} ',
    border: [],
    borderchars: ['─', '│', '─', '│', '╭', '╮', '╯', '╰'],
    borderhighlight: ['HiveSyncHint'],
    highlight: 'Normal',
    padding: [0, 1, 0, 1],
    minwidth: 44,
    maxwidth: &columns - 6,
    maxheight: &lines - 4,
    wrap: true,
    mapping: false,
    scrollbar: true,
    pos: 'center',
    # Above those that are there: of equal ones Vim shows the older.
    zindex: 200 + len(popup_list()),
    # Not where a line is typed: the keys are for that line then.
    filtermode: 'n',
  }, more)
enddef

# Scroll or close; gives whether the key was taken.
def Common(window: number, key: string): bool
  if key == 'q' || key == "\<Esc>"
    popup_close(window)
  elseif key == 'j' || key == "\<Down>"
    win_execute(window, "normal! \<C-e>")
  elseif key == 'k' || key == "\<Up>"
    win_execute(window, "normal! \<C-y>")
  else
    return false
  endif
  return true
enddef

# Show lines above all else. `keys`: functions by key; they run once the key has been taken.
export def Popup(title: string, lines: list<any>, keys: dict<any> = {}, more: dict<any> = {}): number
  var rich = lines->mapnew((_, line) => Rich(line))
  var options = Options(title, rich, more)
  options.filter = (window: number, key: string): bool => {
    if has_key(keys, key)
      # Later, since a function may ask the user for more, which a filter may not.
      timer_start(0, (_) => call(keys[key], [window]))
      return true
    endif
    return Common(window, key) || key !~ '^[:]$'
  }
  var window = popup_create(rich, options)
  setwinvar(window, '&linebreak', 1)
  return window
enddef

export def Show(window: number, lines: list<any>)
  popup_settext(window, lines->mapnew((_, line) => Rich(line)))
enddef

# A line of keys and what they do.
export def Keys(pairs: list<string>): list<any>
  var line: list<any> = []
  for at in range(0, len(pairs) - 1, 2)
    add(line, [(at > 0 ? '   ' : '') .. pairs[at], 'HiveSyncKey'])
    add(line, [' ' .. pairs[at + 1], 'HiveSyncHint'])
  endfor
  return line
enddef

# Have the user pick one of some texts; `Done` gets its index, or -1.
export def Choose(prompt: string, texts: list<string>, Done: func)
  popup_menu(texts, {
    title: $' {prompt} ',
    borderchars: ['─', '│', '─', '│', '╭', '╮', '╯', '╰'],
    borderhighlight: ['HiveSyncHint'],
    highlight: 'Normal',
    padding: [0, 1, 0, 1],
    minwidth: strdisplaywidth(prompt) + 2,
    zindex: 200 + len(popup_list()),
    maxheight: &lines - 6,
    callback: (_, chosen) => Done(chosen - 1),
  })
enddef

# Ask for a line of text; empty if there is none.
export def Input(prompt: string): string
  var text = ''
  try
    text = input(prompt)
  catch /^Vim:Interrupt$/
    text = ''
  endtry
  redraw
  return trim(text)
enddef

# Give a text to paste.
export def Copy(text: string)
  setreg('"', text)
  if has('clipboard')
    setreg('+', text)
  endif
enddef
