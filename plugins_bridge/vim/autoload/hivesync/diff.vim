vim9script
# A suggested change: shown in Vim's own diff mode, applied on request and only where it still fits.

import autoload './plain.vim'
import autoload './tell.vim'
import autoload './view.vim'

# Give the hunks: each with its first line and the lines before and after; [] for what is no unified diff.
export def Hunks(text: string): list<dict<any>>
  var hunks: list<dict<any>> = []
  for line in split(text, "\n", true)
    var head = matchlist(line, '^@@ -\(\d\+\),\=\(\d*\) +\d\+,\=\d* @@')
    if !empty(head)
      # A hunk without old lines stands behind the line that it names.
      add(hunks, {from: str2nr(head[1]) + (head[2] == '0' ? 1 : 0), old: [], new: []})
    elseif !empty(hunks)
      var sign = strpart(line, 0, 1)
      if sign == ' ' || sign == '-'
        add(hunks[-1].old, strpart(line, 1))
      endif
      if sign == ' ' || sign == '+'
        add(hunks[-1].new, strpart(line, 1))
      endif
    endif
  endfor
  return hunks
enddef

def Fits(lines: list<string>, hunk: dict<any>, at: number): bool
  var count = len(hunk.old)
  if at < 1 || at + count - 1 > len(lines)
    return false
  endif
  return count == 0 || lines[at - 1 : at + count - 2] == hunk.old
enddef

# Give where the hunk fits: at its own line, else at the only place where it does; 0 if at none.
def Place(lines: list<string>, hunk: dict<any>, first: number): number
  if hunk.from >= first && Fits(lines, hunk, hunk.from)
    return hunk.from
  endif
  var found = 0
  for at in empty(hunk.old) ? [] : range(first, len(lines))
    if Fits(lines, hunk, at)
      if found > 0
        return 0
      endif
      found = at
    endif
  endfor
  return found
enddef

# Give the places of all hunks in these lines, or [] if one does not fit any more.
export def Places(lines: list<string>, hunks: list<dict<any>>): list<number>
  var places: list<number> = []
  var first = 1
  for hunk in hunks
    var at = Place(lines, hunk, first)
    if at == 0
      return []
    endif
    add(places, at)
    first = at + len(hunk.old)
  endfor
  return places
enddef

# Give the lines with the change in them.
export def Patched(lines: list<string>, hunks: list<dict<any>>, places: list<number>): list<string>
  var patched = copy(lines)
  for index in reverse(range(len(hunks)))
    var at = places[index] - 1
    var before = at > 0 ? patched[: at - 1] : []
    patched = before + hunks[index].new + patched[at + len(hunks[index].old) :]
  endfor
  return patched
enddef

# Give the buffer's lines with the change, or [] with a word to the user.
def Suggested(buffer: number, text: string): list<string>
  var lines = getbufline(buffer, 1, '$')
  var hunks = Hunks(text)
  var places = Places(lines, hunks)
  if empty(places)
    tell.Warning('The file has changed: the suggestion does not fit any more. Ask again with :HiveSync docs.')
    return []
  endif
  return Patched(lines, hunks, places)
enddef

# Give the first line that differs.
def Replace(buffer: number, lines: list<string>): number
  var old = getbufline(buffer, 1, '$')
  var same = 0
  while same < min([len(old), len(lines)]) && old[same] ==# lines[same]
    same += 1
  endwhile
  # Only from the first changed line on, so that marks above stay; in one step of undo.
  silent deletebufline(buffer, same + 1, '$')
  appendbufline(buffer, same, lines[same :])
  if same == 0
    silent deletebufline(buffer, len(lines) + 1, '$')
  endif
  return same + 1
enddef

def GoTo(buffer: number)
  if bufwinid(buffer) > 0
    win_gotoid(bufwinid(buffer))
  else
    execute 'leftabove vertical sbuffer' buffer
  endif
enddef

# Change the buffer and go there, so that one `u` takes it back. Gives whether it was done.
def Change(buffer: number, text: string): bool
  var lines = Suggested(buffer, text)
  if empty(lines)
    return false
  endif
  GoTo(buffer)
  cursor(Replace(buffer, lines), 1)
  return true
enddef

def SayApplied()
  tell.Info('The suggestion is applied; u takes it back.')
enddef

export def Apply(buffer: number, text: string)
  if Change(buffer, text)
    SayApplied()
  endif
enddef

var shown: dict<any> = {}

export def Close()
  for window in [shown.source_window, shown.window]
    if !empty(getwininfo(window))
      win_execute(window, 'diffoff')
    endif
  endfor
  win_execute(shown.window, 'close')
  redraw!
enddef

export def Accept()
  if Change(shown.buffer, shown.text)
    # First, since it draws the screen anew, and a message would be gone.
    Close()
    SayApplied()
  endif
enddef

# Show file and suggestion side by side. In the copy `a` applies it, `q` ends.
export def Show(buffer: number, text: string)
  var lines = Suggested(buffer, text)
  if empty(lines)
    return
  endif
  GoTo(buffer)
  var source_window = win_getid()
  var name = plain.Line(fnamemodify(bufname(buffer), ':t'))
  var copy = view.Split('suggestion/' .. name, getbufvar(buffer, '&filetype'), 'rightbelow vertical')
  view.Fill(copy, lines)
  setbufvar(copy, 'hivesync_source', buffer)
  shown = {buffer: buffer, text: text, source_window: source_window, window: win_getid()}
  diffthis
  win_execute(source_window, 'diffthis')
  nnoremap <buffer> <nowait> q <ScriptCmd>Close()<CR>
  nnoremap <buffer> <nowait> a <ScriptCmd>Accept()<CR>
  &l:statusline = ' Suggested    a apply   q close'
enddef
