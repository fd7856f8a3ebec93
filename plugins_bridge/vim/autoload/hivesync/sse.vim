vim9script
# Reads server-sent events from pieces of any size, by the WHATWG's rules.

export def New(OnEvent: func): dict<any>
  return {rest: '', data: [], id: '', type: '', OnEvent: OnEvent}
enddef

def Dispatch(parser: dict<any>)
  if !empty(parser.data)
    var type = empty(parser.type) ? 'message' : parser.type
    call(parser.OnEvent, [{id: parser.id, type: type, data: join(parser.data, "\n")}])
  endif
  parser.data = []
  parser.type = ''
enddef

def Line(parser: dict<any>, line: string)
  if empty(line)
    Dispatch(parser)
    return
  endif
  var colon = stridx(line, ':')
  var field = colon < 0 ? line : strpart(line, 0, colon)
  var value = colon < 0 ? '' : substitute(strpart(line, colon + 1), '^ ', '', '')
  if field == 'data'
    add(parser.data, value)
  elseif field == 'event'
    parser.type = value
  elseif field == 'id'
    parser.id = value
  endif
enddef

export def Feed(parser: dict<any>, piece: string)
  parser.rest ..= piece
  while true
    var end = match(parser.rest, "[\r\n]")
    # A CR at the very end may be half of a CR LF.
    if end < 0 || end == strlen(parser.rest) - 1 && strpart(parser.rest, end) == "\r"
      return
    endif
    var line = strpart(parser.rest, 0, end)
    parser.rest = strpart(parser.rest, end + (strpart(parser.rest, end, 2) == "\r\n" ? 2 : 1))
    Line(parser, line)
  endwhile
enddef
