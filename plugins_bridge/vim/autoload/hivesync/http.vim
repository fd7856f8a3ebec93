vim9script
# Reads one HTTP/1.1 answer from pieces of any size. Refuses what could be read in two ways.
# Texts are cut by bytes (strpart), never by characters: a piece may end inside of one.

const HEAD_BYTES = 65536
const SLICE_BYTES = 65536
# As much as the agent takes of a backend's answer: nobody means to show more of it.
const ANSWER_BYTES = 16777216
export const TOO_LONG = 'The answer is longer than an editor can take.'

# `OnBody` gets each piece of the body, however many come; without it the body is collected, up to `bytes_max`.
export def New(OnBody: any = null, bytes_max = ANSWER_BYTES): dict<any>
  return {
    rest: '',
    at: 0,
    state: 'head',
    pieces: [],
    taken: 0,
    left: 0,
    status: 0,
    headers: {},
    OnBody: OnBody,
    bytes_max: OnBody == null ? bytes_max : v:numbermax,
  }
enddef

# What has been read is only counted, and cut off once for all: a long text would be copied for each chunk.
def Cut(reader: dict<any>, bytes: number)
  reader.at += bytes
enddef

def Left(reader: dict<any>): number
  return strlen(reader.rest) - reader.at
enddef

def Take(reader: dict<any>, piece: string)
  reader.taken += strlen(piece)
  if empty(piece) || reader.taken > reader.bytes_max
    return
  endif
  if reader.OnBody != null
    call(reader.OnBody, [piece, reader])
  else
    add(reader.pieces, piece)
  endif
enddef

def Headers(lines: list<string>): any
  var headers: dict<string> = {}
  for line in lines
    var parts = matchlist(line, '^\([A-Za-z0-9!#$%&''*+.^_`|~-]\+\):[ \t]*\(.\{-}\)[ \t]*$')
    if empty(parts) || parts[1] ==? 'content-length' && has_key(headers, 'content-length')
      return null
    endif
    headers[tolower(parts[1])] = parts[2]
  endfor
  return headers
enddef

def Framed(reader: dict<any>): bool
  var length = get(reader.headers, 'content-length', '')
  var coding = get(reader.headers, 'transfer-encoding', '')
  if !empty(coding)
    reader.state = 'size'
    return empty(length) && coding ==? 'chunked'
  elseif reader.status == 204 || reader.status == 304
    reader.state = 'done'
  elseif !empty(length)
    reader.left = str2nr(length)
    reader.state = reader.left == 0 ? 'done' : 'body'
    return length =~ '^\d\{1,15}$'
  else
    reader.state = 'close'
  endif
  return true
enddef

def Head(reader: dict<any>): string
  var end = stridx(reader.rest, "\r\n\r\n", reader.at) - reader.at
  if end < 0
    return Left(reader) > HEAD_BYTES ? 'bad' : 'more'
  endif
  var lines = strpart(reader.rest, reader.at, end)->split("\r\n", true)
  Cut(reader, end + 4)
  var status = matchstr(lines[0], '^HTTP/1\.[01] \zs\d\d\d\ze\( \|$\)')
  var headers = Headers(lines[1 :])
  if empty(status) || type(headers) != v:t_dict
    return 'bad'
  endif
  reader.status = str2nr(status)
  reader.headers = headers
  if reader.status < 200
    return reader.status == 101 ? 'bad' : ''
  endif
  return Framed(reader) ? '' : 'bad'
enddef

def Body(reader: dict<any>): string
  var piece = strpart(reader.rest, reader.at, reader.left)
  Cut(reader, strlen(piece))
  reader.left -= strlen(piece)
  Take(reader, piece)
  if reader.left > 0
    return 'more'
  endif
  reader.state = reader.state == 'chunk' ? 'chunk_end' : 'done'
  return ''
enddef

def Size(reader: dict<any>): string
  var end = stridx(reader.rest, "\r\n", reader.at) - reader.at
  if end < 0
    return Left(reader) > 1024 ? 'bad' : 'more'
  endif
  var size = matchstr(strpart(reader.rest, reader.at, end), '^\x\{1,12}\ze\s*\(;.*\)\=$')
  if empty(size)
    return 'bad'
  endif
  Cut(reader, end + 2)
  reader.left = str2nr(size, 16)
  reader.state = reader.left == 0 ? 'trailer' : 'chunk'
  return ''
enddef

def ChunkEnd(reader: dict<any>): string
  if Left(reader) < 2
    return 'more'
  endif
  if strpart(reader.rest, reader.at, 2) != "\r\n"
    return 'bad'
  endif
  Cut(reader, 2)
  reader.state = 'size'
  return ''
enddef

def Trailer(reader: dict<any>): string
  var end = stridx(reader.rest, "\r\n", reader.at) - reader.at
  if end < 0
    return Left(reader) > HEAD_BYTES ? 'bad' : 'more'
  endif
  Cut(reader, end + 2)
  reader.state = end == 0 ? 'done' : 'trailer'
  return ''
enddef

def Close(reader: dict<any>): string
  Take(reader, strpart(reader.rest, reader.at))
  reader.at = strlen(reader.rest)
  return 'more'
enddef

const STEPS: dict<func(dict<any>): string> = {
  head: Head,
  body: Body,
  chunk: Body,
  size: Size,
  chunk_end: ChunkEnd,
  trailer: Trailer,
  close: Close,
}

def Advance(reader: dict<any>): string
  while reader.state != 'done'
    var outcome = call(STEPS[reader.state], [reader])
    # What is announced counts, too: nobody waits for what is not wanted.
    if reader.left > reader.bytes_max - reader.taken
      return 'long'
    endif
    if !empty(outcome)
      return outcome
    endif
  endwhile
  return 'done'
enddef

def FeedSlice(reader: dict<any>, data: string): string
  reader.rest = empty(reader.rest) ? data : reader.rest .. data
  reader.at = 0
  var outcome = Advance(reader)
  reader.rest = strpart(reader.rest, reader.at)
  return outcome
enddef

# Take bytes. Gives "more", "done", "bad" or, if there are more than are wanted, "long".
export def Feed(reader: dict<any>, data: string): string
  # Vim copies a text whenever it is looked at, and gives megabytes at once: they are cut up in one pass.
  var pieces = strlen(data) > SLICE_BYTES ? split(data, "\r\n", true) : [data]
  var last = len(pieces) - 1
  var outcome = 'more'
  for [at, piece] in items(pieces)
    if outcome != 'more'
      reader.rest ..= piece
    else
      outcome = FeedSlice(reader, at < last ? piece .. "\r\n" : piece)
    endif
  endfor
  return outcome
enddef

# The connection has ended. Gives "done" or "bad".
export def End(reader: dict<any>): string
  return index(['done', 'close'], reader.state) >= 0 ? 'done' : 'bad'
enddef

# Tell whether another answer may follow on the same connection.
export def KeepsOpen(reader: dict<any>): bool
  return empty(reader.rest) && get(reader.headers, 'connection', '') !=? 'close' && reader.state == 'done'
enddef

export def Answer(reader: dict<any>): dict<any>
  return {status: reader.status, headers: reader.headers, body: join(reader.pieces, '')}
enddef
