vim9script
# `:HiveSync notifications`: the list, and marking them read.

import autoload '../client.vim'
import autoload '../json.vim'
import autoload '../list.vim' as lists
import autoload '../plain.vim'
import autoload '../session.vim'
import autoload '../tell.vim'
import autoload '../times.vim'

def Line(notification: dict<any>): list<any>
  var at = times.Minute(json.Text(notification, 'created_at'))
  var text = plain.Line(json.Text(notification, 'text'))
  var is_read = json.True(notification, 'read')
  return [
    is_read ? '  ' : ['● ', 'HiveSyncGood'],
    is_read ? [text, 'HiveSyncHint'] : text,
    ['  ' .. at, 'HiveSyncHint'],
  ]
enddef

def Mark(notification: dict<any>, list: dict<any>)
  if json.True(notification, 'read')
    return
  endif
  client.Ask('PATCH', '/api/v1/notifications/' .. notification.id, {read: true}, (failure, _, answered) => {
    if !empty(failure)
      tell.Failure(failure)
      return
    endif
    tell.Queued(answered)
    notification.read = true
    lists.Render(list)
    session.Refresh()
  })
enddef

def MarkAll(_: dict<any>, list: dict<any>)
  client.Ask('POST', '/api/v1/notifications/read', {}, (failure, _, _) => {
    if !empty(failure)
      tell.Failure(failure)
      return
    endif
    for notification in list.items
      notification.read = true
    endfor
    lists.Render(list)
    session.Refresh()
  })
enddef

def Show(found: list<any>)
  lists.Open({
    title: 'Notifications',
    items: found,
    Line: Line,
    empty: 'Nothing new.',
    keys: [
      ["\<CR>", 'mark read', Mark, false],
      ['A', 'mark all read', MarkAll, true],
    ],
  })
enddef

export def Run(_: dict<any>)
  client.Ask('GET', '/api/v1/notifications?limit=50', null, (failure, page, _) => {
    if !empty(failure)
      tell.Failure(failure)
    else
      Show(json.Items(page, 'items'))
    endif
  })
enddef
