vim9script
# A thread of comments in a popup, and how one is added.

import autoload './client.vim'
import autoload './json.vim'
import autoload './plain.vim'
import autoload './tell.vim'
import autoload './times.vim'
import autoload './view.vim'

# Add a comment; `Done` gets it, or the text as it waits for the network.
export def Post(project_id: string, target: dict<any>, text: string, Done: func)
  if empty(text)
    return
  endif
  client.Ask('POST', $'/api/v1/projects/{project_id}/comments', {target: target, body: text}, (failure, comment, status) => {
    if !empty(failure)
      tell.Failure(failure)
    elseif tell.Queued(status)
      Done({body: text, target: target, author_username: 'you', created_at: ''})
    else
      Done(comment)
    endif
  })
enddef

export def AuthorOf(comment: dict<any>): string
  var name = plain.Line(json.Text(comment, 'author_username'))
  return empty(name) ? 'somebody' : name
enddef

export def IsDeleted(comment: dict<any>): bool
  return !empty(json.Text(comment, 'deleted_at'))
enddef

def Lines(head: list<any>, comments: list<any>): list<any>
  var lines = copy(head)
  for comment in comments
    if !IsDeleted(comment)
      var at = times.Minute(json.Text(comment, 'created_at'))
      lines += ['', [[' ' .. AuthorOf(comment), 'HiveSyncStrong'], ['  ' .. at, 'HiveSyncHint']]]
      lines += plain.Lines(json.Text(comment, 'body'))->mapnew((_, text) => '   ' .. text)
    endif
  endfor
  return lines + ['', view.Keys(['c', 'comment', 'q', 'close'])]
enddef

def Show(title: string, thread: dict<any>)
  var Comment = (window) => {
    Post(thread.project_id, thread.target, view.Input('Comment: '), (comment) => {
      add(thread.comments, comment)
      view.Show(window, Lines(thread.head, thread.comments))
    })
  }
  view.Popup(title, Lines(thread.head, thread.comments), {c: Comment}, {minwidth: 64})
enddef

# Show a head, and below it the comments of `query`; `c` adds one to `target`.
export def Open(project_id: string, title: string, head: list<any>, query: string, target: dict<any>)
  client.Ask('GET', $'/api/v1/projects/{project_id}/comments?limit=200&{query}', null, (failure, page, _) => {
    if !empty(failure)
      tell.Failure(failure)
      return
    endif
    var comments = json.Items(page, 'items')
    Show(title, {project_id: project_id, head: head, target: target, comments: comments})
  })
enddef
