vim9script
# A small popup in the corner that says what goes on; `:HiveSync stop` ends it.

import autoload './plain.vim'
import autoload './view.vim'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MILLISECONDS = 120

var running: list<dict<any>> = []

def Draw(job: dict<any>)
  job.frame = (job.frame + 1) % len(FRAMES)
  view.Show(job.window, [[[FRAMES[job.frame], 'HiveSyncGood'], $' {job.text} · :HiveSync stop ends it']])
enddef

# Begin to show; `Cancel` is called when the user stops it.
export def Start(text: string, Cancel: func): dict<any>
  var job: dict<any> = {text: plain.Line(text), Cancel: Cancel, frame: 0, has_ended: false}
  job.window = popup_create('', {
    pos: 'botright',
    line: &lines - &cmdheight - 1 - len(running),
    col: &columns,
    highlight: 'Pmenu',
    padding: [0, 1, 0, 1],
    wrap: false,
  })
  add(running, job)
  Draw(job)
  job.timer = timer_start(FRAME_MILLISECONDS, (_) => Draw(job), {repeat: -1})
  return job
enddef

export def Say(job: dict<any>, text: string)
  job.text = plain.Line(text)
enddef

export def Finish(job: dict<any>)
  if !job.has_ended
    job.has_ended = true
    timer_stop(job.timer)
    popup_close(job.window)
    filter(running, (_, other) => other isnot job)
  endif
enddef

# Stop all that runs; give how many there were.
export def StopAll(): number
  var stopped = copy(running)
  for job in stopped
    Finish(job)
    call(job.Cancel, [])
  endfor
  return len(stopped)
enddef
