vim9script
# Hex digits that nobody can foresee.

def Mixed(): string
  # Where the system has no file of random bytes: what differs each time, and cannot be seen from outside.
  return sha256(string([srand(), srand(), reltime(), getpid(), localtime(), rand(), tempname()]))
enddef

def OfSystem(): list<number>
  var bytes: list<number> = []
  try
    bytes = readblob('/dev/urandom', 0, 32)->blob2list()
  catch /^Vim\%((\a\+)\)\=:E/
    bytes = [] # Windows has no such file, and an early Vim 9.0 reads it whole or not at all
  endtry
  return bytes
enddef

# Give 64 hex digits.
export def Digits(): string
  var bytes = OfSystem()
  if len(bytes) != 32
    return Mixed()
  endif
  return bytes->mapnew((_, byte) => printf('%02x', byte))->join('')
enddef

# Give a UUID of version 4.
export def Uuid(): string
  var text = Digits()
  return printf('%s-%s-4%s-a%s-%s', text[0 : 7], text[8 : 11], text[12 : 14], text[15 : 17], text[18 : 29])
enddef
