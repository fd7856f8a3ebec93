vim9script
# `:HiveSync comments`: what was said about the current file; the cursor's line first.

import autoload '../calls.vim'
import autoload '../client.vim'
import autoload '../json.vim'
import autoload '../list.vim' as lists
import autoload '../plain.vim'
import autoload '../project.vim'
import autoload '../tell.vim'
import autoload '../thread.vim'
import autoload '../view.vim'

def LineOf(comment: dict<any>): number
  return json.Number(json.Member(comment, 'target'), 'line')
enddef

def Line(comment: dict<any>): list<any>
  var texts = plain.Lines(json.Text(comment, 'body'))
  return [
    [printf('%5d  ', LineOf(comment)), 'HiveSyncKey'],
    [thread.AuthorOf(comment) .. '  ', 'HiveSyncStrong'],
    texts[0] .. (len(texts) > 1 ? ' …' : ''),
  ]
enddef

# Those of the cursor's line first, then by line.
def Sorted(comments: list<any>, cursor: number): list<any>
  var Rank = (comment): number => LineOf(comment) == cursor ? 0 : LineOf(comment)
  return comments
    ->filter((_, comment) => !thread.IsDeleted(comment))
    ->sort((one, other) => Rank(one) - Rank(other))
enddef

def Add(_: dict<any>, list: dict<any>)
  var target = {kind: 'file', path: list.path, line: list.at}
  thread.Post(list.project.id, target, view.Input($'Comment on line {list.at}: '), (comment) => {
    insert(list.items, comment)
    lists.Render(list)
  })
enddef

def GoTo(comment: dict<any>, list: dict<any>)
  lists.Close(list)
  win_gotoid(list.from)
  cursor(LineOf(comment), 1)
enddef

def Show(found: dict<string>, path: string, at: number, comments: list<any>)
  lists.Open({
    title: 'Comments · ' .. plain.Line(path),
    project: found,
    path: path,
    at: at,
    from: win_getid(),
    items: Sorted(comments, at),
    Line: Line,
    empty: 'Nobody has said anything about this file yet.',
    keys: [
      ["\<CR>", 'go to the line', GoTo, false],
      ['a', $'comment on line {at}', Add, true],
    ],
  })
enddef

export def Run(_: dict<any>)
  var path = project.PathOf(bufnr())
  var at = line('.')
  if isdirectory(path)
    tell.Failure({message: 'Comments are about a line of a file: open one first.'})
    return
  endif
  project.Find(path, (found) => {
    var relative = project.Relative(path, found.root)
    var query = 'kind=file&limit=200&path=' .. calls.Escaped(relative)
    client.Ask('GET', $'/api/v1/projects/{found.id}/comments?{query}', null, (failure, page, _) => {
      if !empty(failure)
        tell.Failure(failure)
      else
        Show(found, relative, at, json.Items(page, 'items'))
      endif
    })
  })
enddef
