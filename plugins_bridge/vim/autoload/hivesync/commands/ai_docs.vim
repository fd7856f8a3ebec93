vim9script
# `:HiveSync docs`: the file, or the selected lines of it, explained by AI; text that is not saved, too.

import autoload '../ai_docs.vim' as documentation
import autoload '../client.vim'
import autoload '../follow.vim'
import autoload '../json.vim'
import autoload '../progress.vim'
import autoload '../project.vim'
import autoload '../tell.vim'

const WORDS = {preparing: 'Reading around the file', queued: 'Waiting for its turn', running: 'Explaining'}

def Watch(job: dict<any>, path: string)
  job.asking = follow.Poll(path, (docs) => {
    var state = json.Text(docs, 'state')
    progress.Say(job.progress, $'{get(WORDS, state, state)} {job.name}')
    if index(['ready', 'failed'], state) < 0
      return false
    endif
    progress.Finish(job.progress)
    if state == 'ready'
      documentation.Show(job.buffer, job.name, json.Member(docs, 'result'))
    else
      tell.Failure(json.Member(docs, 'error'))
    endif
    return true
  }, (failure) => {
    progress.Finish(job.progress)
    tell.Failure(failure)
  })
enddef

def Ask(job: dict<any>, path: string, body: dict<any>)
  client.Ask('POST', path, body, (failure, docs, _) => {
    if !empty(failure)
      progress.Finish(job.progress)
      tell.Failure(failure)
    elseif !job.is_given_up
      Watch(job, $'{path}/{json.Text(docs, "id")}')
    endif
  })
enddef

# Without the agent: this one file alone, by the backend.
def AskBackend(job: dict<any>, body: dict<any>)
  project.Find(body.path, (found) => {
    var sent = {path: project.Relative(body.path, found.root), content: body.content, sha256: sha256(body.content)}
    if has_key(body, 'selection')
      sent.selection = body.selection
    endif
    Ask(job, $'/api/v1/projects/{found.id}/ai-docs', sent)
  })
enddef

def TextOf(buffer: number): string
  var ending = getbufvar(buffer, '&fileformat') == 'dos' ? "\r\n" : "\n"
  var text = getbufline(buffer, 1, '$')->join(ending)
  return text .. (getbufvar(buffer, '&endofline') ? ending : '')
enddef

def BufferOf(argument: string): number
  if empty(argument)
    return project.CurrentBuffer()
  endif
  var buffer = bufadd(fnamemodify(argument, ':p'))
  bufload(buffer)
  setbufvar(buffer, '&buflisted', 1)
  return buffer
enddef

# Vim gives the NUL of a binary file as a line's end within a line, so that the agent would take it for text.
def IsText(buffer: number): bool
  return match(getbufline(buffer, 1, '$'), "\n") < 0
enddef

export def Run(given: dict<any>)
  var buffer = BufferOf(given.argument)
  if empty(bufname(buffer)) || !empty(getbufvar(buffer, '&buftype'))
    tell.Failure({message: 'This is no file: give it a name first (:file NAME).'})
    return
  endif
  var path = fnamemodify(bufname(buffer), ':p')
  if !IsText(buffer)
    tell.Failure({message: $'{fnamemodify(path, ":t")} is not text, so there is nothing to explain.'})
    return
  endif
  var job: dict<any> = {buffer: buffer, name: fnamemodify(path, ':t'), is_given_up: false, asking: {}}
  job.progress = progress.Start('Asking about ' .. job.name, () => {
    job.is_given_up = true
    job.asking.has_ended = true
  })
  var body: dict<any> = {path: path, content: TextOf(buffer)}
  if !empty(given.lines)
    body.selection = {line_start: given.lines[0], line_end: given.lines[1]}
  endif
  client.Mode((mode, _) => {
    if mode == 'direct'
      AskBackend(job, body)
    else
      Ask(job, '/v1/ai-docs', body)
    endif
  })
enddef
