vim9script
# Times of the API, which are UTC, as the clock on the user's wall shows them.

# Days since 1970 of a date, for years after 1970: a year begins in March here, so that a leap day ends it.
def DaysOf(year: number, month: number, day: number): number
  var shifted = month > 2 ? month - 3 : month + 9
  var since = month > 2 ? year : year - 1
  return since * 365 + since / 4 - since / 100 + since / 400 + (shifted * 153 + 2) / 5 + day - 1 - 719468
enddef

def Shown(text: string, format: string): string
  var parts = matchlist(text, '^\(\d\d\d\d\)-\(\d\d\)-\(\d\d\)T\(\d\d\):\(\d\d\):\d\d')
  if empty(parts)
    return ''
  endif
  var [year, month, day, hour, minute] = parts[1 : 5]->mapnew((_, part) => str2nr(part))
  return strftime(format, (DaysOf(year, month, day) * 24 + hour) * 3600 + minute * 60)
enddef

# The date and the minute, or '' for what is no time.
export def Minute(text: string): string
  return Shown(text, '%Y-%m-%d %H:%M')
enddef

export def Day(text: string): string
  return Shown(text, '%Y-%m-%d')
enddef
