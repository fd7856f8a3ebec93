vim9script
# Documentation of a file as a Markdown buffer, with its keys.

import autoload './diff.vim'
import autoload './json.vim'
import autoload './plain.vim'
import autoload './tell.vim'
import autoload './view.vim'

# A buffer of many megabytes would be slow to edit and to highlight.
const BYTES_MAX = 1024 * 1024

def PlaceOf(part: any): string
  var from = json.Number(part, 'line_start')
  var to = json.Number(part, 'line_end')
  var lines = from == to ? $'line {from}' : $'lines {from}–{to}'
  var symbol = plain.Line(json.Text(part, 'symbol'))
  return empty(symbol) ? toupper(lines[0]) .. lines[1 :] : $'`{symbol}` ({lines})'
enddef

def Change(result: dict<any>): list<string>
  var text = json.Text(result, 'suggested_diff')
  if empty(text)
    return []
  endif
  var head = ['', '## Suggested change', '', '`d` shows it beside the file, `a` applies it.', '', '```diff']
  return head + plain.Lines(substitute(text, '\n$', '', '')) + ['```']
enddef

def Origin(result: dict<any>): string
  var model = plain.Line(json.Text(result, 'model'))
  var fallback = json.True(result, 'fallback') ? ' (the larger model could not be had)' : ''
  return $'*Made by {plain.Line(json.Text(result, "engine"))}{empty(model) ? "" : ", " .. model}{fallback}.*'
enddef

# Give the Markdown's lines, and for its rows the line of the source that they speak of.
export def Markdown(title: string, result: dict<any>): list<any>
  var lines = ['# ' .. plain.Line(title), ''] + plain.Lines(json.Text(result, 'summary'))
  var sources: dict<number> = {}
  var concepts = json.Items(result, 'key_concepts')
  if !empty(concepts)
    lines += ['', '## Key concepts', ''] + concepts->mapnew((_, each) => '- ' .. plain.Line(string(each)->trim("'")))
  endif
  for [at, part] in items(json.Items(result, 'explanations'))
    lines += at == 0 ? ['', '## Explanations'] : []
    var first = len(lines) + 1
    lines += ['', '### ' .. PlaceOf(part), ''] + plain.Lines(json.Text(part, 'text'))
    for row in range(first, len(lines))
      sources[row] = json.Number(part, 'line_start')
    endfor
  endfor
  lines += Change(result)
  for note in json.Items(result, 'notes')
    lines += ['', '> ' .. plain.Line(string(note)->trim("'"))]
  endfor
  return [lines + ['', Origin(result)], sources]
enddef

def Shortened(lines: list<string>): list<string>
  var size = 0
  for [at, line] in items(lines)
    size += strlen(line) + 1
    if size > BYTES_MAX
      return lines[0 : at][: -2] + [strpart(line, 0, 1000), '', '> The answer is too long to be shown whole.']
    endif
  endfor
  return lines
enddef

def GoTo(buffer: number, line: number)
  var window = bufwinid(buffer)
  if window > 0 && line > 0
    win_gotoid(window)
    cursor(line, 1)
  endif
enddef

def WithChange(source: number, text: string, Act: func)
  if empty(text)
    tell.Info('No change is suggested.')
  elseif bufexists(source)
    Act(source, text)
  endif
enddef

var shown: dict<any> = {}

export def Key(key: string)
  if key == "\<CR>"
    GoTo(shown.source, get(shown.sources, line('.'), 0))
  elseif key == 'd'
    WithChange(shown.source, shown.change, diff.Show)
  else
    WithChange(shown.source, shown.change, diff.Apply)
  endif
enddef

# Show the result beside its file. `<CR>` goes to the lines that a part speaks of.
export def Show(source: number, title: string, result: dict<any>)
  var [lines, sources] = Markdown(title, result)
  shown = {source: source, sources: sources, change: json.Text(result, 'suggested_diff')}
  var buffer = view.Split('docs', 'markdown', 'botright vertical')
  view.Fill(buffer, Shortened(lines))
  setbufvar(buffer, 'hivesync_source', source)
  setlocal conceallevel=2
  cursor(1, 1)
  nnoremap <buffer> <nowait> <CR> <ScriptCmd>Key("\<lt>CR>")<CR>
  nnoremap <buffer> <nowait> d <ScriptCmd>Key('d')<CR>
  nnoremap <buffer> <nowait> a <ScriptCmd>Key('a')<CR>
enddef
