" The plugin's face, in Vim's older language, since that allows names in lower case: hivesync#status().
" The work is done below autoload/hivesync/, in Vim9 script.

" A short text for the status line: fixed words and numbers only.
function! hivesync#status() abort
  return hivesync#status#Text()
endfunction

" Called by :HiveSync with its words, and how many lines were given.
function! hivesync#run(words, range, first, last) abort
  call hivesync#choice#Run(a:words, a:range > 0 ? [a:first, a:last] : [])
endfunction

function! hivesync#complete(typed, line, position) abort
  return hivesync#choice#Complete(a:typed, a:line)
endfunction
