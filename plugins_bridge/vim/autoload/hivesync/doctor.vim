vim9script
# What may be wrong: what `hivesync doctor` finds, and this plugin's own view.

import autoload './client.vim'
import autoload './direct.vim'
import autoload './json.vim'
import autoload './plain.vim'
import autoload './version.vim'

const HIGHLIGHTS = {ok: 'HiveSyncGood', note: 'HiveSyncWarn', wrong: 'HiveSyncBad'}

def OfPlugin(mode: string, reason: string): dict<any>
  if mode == 'proxy'
    return {grade: 'ok', check: 'plugin', text: $'{version.VERSION}, by the agent, which has proven itself'}
  endif
  var way = mode == 'direct' ? 'direct, by the `hivesync` command' : 'no way to HiveSync'
  var grade = mode == 'direct' ? 'note' : 'wrong'
  return {grade: grade, check: 'plugin', text: $'{version.VERSION}, {way}', remedy: client.Words(reason)}
enddef

# Give all findings: `Done([{grade, check, text, remedy}])`.
export def Examine(Done: func)
  client.Mode((mode, reason) => {
    direct.Execute(['doctor', '--json'], '', {}, (_, out, err) => {
      var findings = json.Items(json.Decoded(out), 'findings')
      if empty(findings)
        findings = [{grade: 'wrong', check: 'command', text: err}]
      endif
      Done([OfPlugin(mode, reason)] + findings)
    })
  })
enddef

export def Lines(findings: list<any>): list<any>
  var lines: list<any> = ['']
  for finding in findings
    var grade = json.Text(finding, 'grade')
    var check = plain.Line(json.Text(finding, 'check'))
    add(lines, [
      [printf(' %-8s', plain.Line(grade)), get(HIGHLIGHTS, grade, 'HiveSyncHint')],
      printf('%-13s ', check) .. plain.Line(json.Text(finding, 'text')),
    ])
    var remedy = plain.Line(json.Text(finding, 'remedy'))
    if !empty(remedy)
      add(lines, [repeat(' ', 23), ['→ ' .. remedy, 'HiveSyncStrong']])
    endif
  endfor
  return lines + ['']
enddef
