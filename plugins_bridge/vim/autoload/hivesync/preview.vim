vim9script
# A preview: asked for, followed, and shown with its link and code.

import autoload './browser.vim'
import autoload './client.vim'
import autoload './diagnostics.vim'
import autoload './follow.vim'
import autoload './json.vim'
import autoload './links.vim'
import autoload './plain.vim'
import autoload './progress.vim'
import autoload './settings.vim'
import autoload './tell.vim'
import autoload './view.vim'

const WORDS = {
  preparing: 'Looking at the project',
  uploading: 'Sending what has changed',
  building: 'Building',
}

# The live preview of this Vim, if there is one.
var live_id = ''

# The code is read only if it is whole: without room for it the popup says so.
def CodeLines(preview: dict<any>): list<any>
  var code = plain.Lines(json.Text(preview, 'qr_text'))->filter((_, line) => line =~ '\S')
  var said = json.True(preview, 'live') ? 'Scan it with your phone: each save is shown there.' : 'Scan it with your phone.'
  var room = &lines - 7
  if len(code) > room
    said = $'The code needs {len(code) - room} more lines:'
    code = [' Enlarge the window, or make the letters smaller.']
  endif
  var width = max([40, strdisplaywidth(get(code, 0, ''))])
  var indent = repeat(' ', max([1, (width - strdisplaywidth(said)) / 2]))
  var lines: list<any> = [[indent, [said, 'HiveSyncStrong']]]
  return lines + code + [view.Keys(['o', 'open the link here', 'y', 'copy it', 'q', 'close'])]
enddef

def OpenLink(link: string)
  links.AskOrigins((failure, origins) => {
    var wrong = empty(failure) ? browser.Open(link, origins) : ''
    if !empty(failure)
      tell.Failure(failure)
    elseif !empty(wrong)
      tell.Warning(wrong)
    endif
  })
enddef

def ShowCode(preview: dict<any>)
  var link = json.Text(preview, 'preview_url')
  view.Popup(json.True(preview, 'live') ? 'Live preview' : 'Preview', CodeLines(preview), {
    y: (_) => {
      if !empty(links.OriginOf(link))
        view.Copy(link)
        tell.Info('The link is copied.')
      else
        tell.Warning('The link is none of a preview, so it is not copied.')
      endif
    },
    o: (_) => OpenLink(link),
  }, {wrap: false})
enddef

def SaidOf(preview: dict<any>): string
  var state = json.Text(preview, 'state')
  var total = json.Number(preview, 'total_bytes')
  var files = json.Number(preview, 'total_files')
  var text = get(WORDS, state, state)
  if state == 'uploading' && total > 0
    return $'{text} ({json.Number(preview, "uploaded_bytes") / 1024} of {total / 1024} KB)'
  elseif state == 'preparing' && files > 0
    return $'{text} ({json.Number(preview, "hashed_files")} of {files} files)'
  endif
  return text
enddef

def Ended(preview: dict<any>)
  var wrong = diagnostics.Show(json.Text(preview, 'id'), json.Items(preview, 'diagnostics'))
  if json.Text(preview, 'state') == 'failed'
    tell.Failure(json.Member(preview, 'error'))
    if wrong > 0
      execute 'botright copen' min([wrong + 1, 8])
    endif
    return
  endif
  ShowCode(preview)
  var skipped = len(json.Items(preview, 'skipped'))
  if skipped > 0
    tell.Info($'{skipped} files were left out, since they may hold secrets.')
  endif
enddef

# Remove one that the user gave up, whether its id is known yet or not.
def GiveUp(job: dict<any>)
  job.is_given_up = true
  if has_key(job, 'asking')
    job.asking.has_ended = true
  endif
  if !empty(job.id)
    client.Ask('DELETE', '/v1/previews/' .. job.id, null, (_, _, _) => {
    })
  endif
enddef

def Watch(job: dict<any>)
  job.asking = follow.Poll('/v1/previews/' .. job.id, (preview) => {
    progress.Say(job.progress, SaidOf(preview))
    if index(['ready', 'failed'], json.Text(preview, 'state')) < 0
      return false
    endif
    progress.Finish(job.progress)
    Ended(preview)
    return true
  }, (failure) => {
    progress.Finish(job.progress)
    tell.Failure(failure)
  })
enddef

# Ask for a preview of a path.
export def Start(path: string, is_live: bool)
  var job: dict<any> = {id: '', is_given_up: false}
  job.progress = progress.Start('Asking for a preview', () => GiveUp(job))
  var body = {path: path, live: is_live, platform: settings.Platform()}
  client.Ask('POST', '/v1/previews', body, (failure, preview, _) => {
    if !empty(failure)
      progress.Finish(job.progress)
      tell.Failure(failure)
      return
    endif
    job.id = json.Text(preview, 'id')
    if job.is_given_up
      GiveUp(job)
      return
    endif
    live_id = is_live ? job.id : live_id
    Watch(job)
  })
enddef

# End the live preview, and whatever else is under way.
export def Stop()
  var stopped = progress.StopAll()
  var id = live_id
  live_id = ''
  if empty(id)
    tell.Info(stopped > 0 ? 'Stopped.' : 'Nothing runs.')
    return
  endif
  client.Ask('POST', $'/v1/previews/{id}/stop', null, (failure, _, _) => {
    if !empty(failure)
      tell.Failure(failure)
    else
      tell.Info('The live preview has ended; the phone keeps its last version.')
    endif
  })
enddef
