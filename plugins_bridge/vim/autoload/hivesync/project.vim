vim9script
# Which project a file belongs to: the linked folder around it, or the one that the user picks.

import autoload './client.vim'
import autoload './json.vim'
import autoload './plain.vim'
import autoload './tell.vim'
import autoload './view.vim'

const MARKS = ['.git', 'package.json', 'pyproject.toml', 'Cargo.toml', 'go.mod']

var picked: dict<dict<string>> = {}

# The project's folder as far as it can be told without the agent.
export def FolderOf(path: string): string
  var folder = isdirectory(path) ? path : fnamemodify(path, ':h')
  var around = folder
  while true
    if indexof(MARKS, (_, mark) => !empty(getftype($'{around}/{mark}'))) >= 0
      return around
    endif
    var above = fnamemodify(around, ':h')
    if above == around
      break
    endif
    around = above
  endwhile
  return folder
enddef

# The path of a file inside a folder, with "/" between names.
export def Relative(path: string, root: string): string
  return stridx(path, root .. '/') == 0 ? strpart(path, strlen(root) + 1) : fnamemodify(path, ':t')
enddef

def LinkedAround(items: list<any>, path: string): dict<string>
  var best: dict<string> = {}
  for item in items
    var root = json.Text(item, 'root')
    var is_inside = path == root || stridx(path, root .. '/') == 0
    if is_inside && strlen(root) > strlen(get(best, 'root', ''))
      best = {id: json.Text(item, 'id'), name: json.Text(item, 'name'), root: root}
    endif
  endfor
  return best
enddef

def Link(folder: string, project_id: string, Done: func)
  var body: dict<any> = {path: folder}
  if !empty(project_id)
    body.project_id = project_id
  endif
  client.Ask('POST', '/v1/projects', body, (failure, made, _) => {
    if !empty(failure)
      tell.Failure(failure)
    else
      Done({id: json.Text(made, 'id'), name: json.Text(made, 'name'), root: json.Text(made, 'root')})
    endif
  })
enddef

def Choose(folder: string, can_link: bool, Done: func)
  client.Ask('GET', '/api/v1/projects?limit=100', null, (failure, page, _) => {
    if !empty(failure)
      tell.Failure(failure)
      return
    endif
    var found = json.Items(page, 'items')
    var texts = found->mapnew((_, item) => plain.Line(json.Text(item, 'name')))
    if can_link
      add(texts, $'Make a project of {folder}')
    endif
    view.Choose('Which project is this?', texts, (chosen) => {
      if chosen < 0
        return
      endif
      var item = get(found, chosen, {})
      if can_link
        Link(folder, json.Text(item, 'id'), Done)
      else
        picked[folder] = {id: json.Text(item, 'id'), name: json.Text(item, 'name'), root: folder}
        Done(picked[folder])
      endif
    })
  })
enddef

# Find the project of a path: `Done({id, name, root})`. Asks the user where no folder is linked.
export def Find(path: string, Done: func)
  var folder = FolderOf(path)
  client.Ask('GET', '/v1/projects', null, (failure, page, _) => {
    var linked = empty(failure) ? LinkedAround(json.Items(page, 'items'), path) : {}
    var found = empty(linked) ? get(picked, folder, {}) : linked
    if empty(found)
      Choose(folder, empty(failure), Done)
    else
      Done(found)
    endif
  })
enddef

# Another user may have signed in, to whom these projects mean nothing.
export def Forget()
  picked = {}
enddef

# The buffer that the current window is about: beside documentation, the one that was documented.
export def CurrentBuffer(): number
  var source = getbufvar('', 'hivesync_source', 0)
  return source > 0 && bufexists(source) ? source : bufnr()
enddef

# The absolute path of a buffer's file, or the working folder.
export def PathOf(buffer: number): string
  var name = bufname(buffer)
  var is_file = !empty(name) && empty(getbufvar(buffer, '&buftype')) && name !~ '^\w\+://'
  return is_file ? fnamemodify(name, ':p') : getcwd()
enddef
