vim9script
# Makes text of others safe to show: no control characters, none that turn the reading direction.

# Lines, without anything a terminal or an editor could obey.
export def Lines(text: string): list<string>
  var plain = substitute(text, '\r\n\=', "\n", 'g')
  plain = substitute(plain, '\t', '    ', 'g')
  # C0 and C1 controls, line separators, and the marks and overrides of direction. By the second of Vim's
  # engines: the one that it would choose takes 20 s for ten megabytes, in which it answers no key.
  plain = substitute(plain, '\%#=2[\x01-\x09\x0b-\x1f\x7f\u80-\u9f\u200e\u200f\u2028-\u202e\u2066-\u2069]', '', 'g')
  return split(plain, "\n", true)
enddef

# One line.
export def Line(text: string): string
  return Lines(text)->join(' ')->substitute('\s\+$', '', '')
enddef
