vim9script
# Where a program is: in a folder that PATH names in full. Never in the current folder, where Windows looks first,
# nor in a relative one on PATH: either may be a project of strangers that brings a program of that name.

const IS_WINDOWS = has('win32')

def IsAbsolute(path: string): bool
  return path =~ (IS_WINDOWS ? '^\%(\a:[\\/]\|\\\\\)' : '^/')
enddef

def Folders(): list<string>
  var found = split($PATH, IS_WINDOWS ? ';' : ':')
  if !IS_WINDOWS
    # A Vim that was started from the desktop does not have the shell's PATH.
    found += [$HOME .. '/.local/bin', '/opt/homebrew/bin', '/usr/local/bin']
  endif
  return filter(found, (_, folder) => IsAbsolute(folder))
enddef

# Give the program's whole path, '' if it is not installed.
export def Find(name: string): string
  var file = IS_WINDOWS && name !~? '\.exe$' ? name .. '.exe' : name
  var paths = [file]
  if !IsAbsolute(file)
    # A relative path is one of the current folder, too.
    paths = file =~ '[\\/]' ? [] : Folders()->map((_, folder) => folder .. '/' .. file)
  endif
  var at = indexof(paths, (_, path) => executable(path) == 1)
  return at < 0 ? '' : paths[at]
enddef
