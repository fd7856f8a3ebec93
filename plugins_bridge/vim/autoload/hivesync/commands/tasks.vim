vim9script
# `:HiveSync tasks`: the project's tasks; their status, their comments, a new one.

import autoload '../client.vim'
import autoload '../json.vim'
import autoload '../list.vim' as lists
import autoload '../plain.vim'
import autoload '../project.vim'
import autoload '../tell.vim'
import autoload '../thread.vim'
import autoload '../times.vim'
import autoload '../view.vim'

const STATUSES = ['open', 'in_progress', 'blocked', 'done']
const LOOK = {
  open: ['○', 'HiveSyncHint'],
  in_progress: ['◐', 'HiveSyncWarn'],
  blocked: ['✗', 'HiveSyncBad'],
  done: ['●', 'HiveSyncGood'],
}

def Words(status: string): string
  return plain.Line(status)->substitute('_', ' ', 'g')
enddef

def Line(task: dict<any>): list<any>
  var status = json.Text(task, 'status')
  var look = get(LOOK, status, LOOK.open)
  var due = times.Day(json.Text(task, 'due_at'))
  return [
    [$'{look[0]} ', look[1]],
    plain.Line(json.Text(task, 'title')),
    [$'  {Words(status)}{empty(due) ? "" : "  due " .. due}', 'HiveSyncHint'],
  ]
enddef

def ChangeStatus(task: dict<any>, list: dict<any>)
  view.Choose('Status', STATUSES->mapnew((_, status) => Words(status)), (chosen) => {
    if chosen < 0
      return
    endif
    var path = $'/api/v1/projects/{list.project.id}/tasks/{task.id}'
    client.Ask('PATCH', path, {status: STATUSES[chosen]}, (failure, _, answered) => {
      if !empty(failure)
        tell.Failure(failure)
        return
      endif
      tell.Queued(answered)
      task.status = STATUSES[chosen]
      lists.Render(list)
    })
  })
enddef

def Add(_: dict<any>, list: dict<any>)
  var title = view.Input('New task: ')
  if empty(title)
    return
  endif
  client.Ask('POST', $'/api/v1/projects/{list.project.id}/tasks', {title: title}, (failure, task, _) => {
    if !empty(failure)
      tell.Failure(failure)
    else
      add(list.items, task)
      lists.Render(list)
    endif
  })
enddef

def Detail(task: dict<any>, list: dict<any>)
  var head: list<any> = [Line(task), '']
  head += plain.Lines(json.Text(task, 'description'))->mapnew((_, text) => ' ' .. text)
  thread.Open(list.project.id, 'Task', head, 'kind=task&task_id=' .. task.id, {kind: 'task', task_id: task.id})
enddef

def Show(found: dict<string>, tasks: list<any>)
  lists.Open({
    title: 'Tasks · ' .. plain.Line(found.name),
    project: found,
    items: tasks,
    Line: Line,
    empty: 'No tasks yet.',
    keys: [
      ["\<CR>", 'open and comment', Detail, false],
      ['s', 'status', ChangeStatus, false],
      ['n', 'new', Add, true],
    ],
  })
enddef

export def Run(_: dict<any>)
  project.Find(project.PathOf(project.CurrentBuffer()), (found) => {
    client.Ask('GET', $'/api/v1/projects/{found.id}/tasks?limit=200', null, (failure, page, _) => {
      if !empty(failure)
        tell.Failure(failure)
      else
        Show(found, json.Items(page, 'items'))
      endif
    })
  })
enddef
