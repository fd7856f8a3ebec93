vim9script
# SHA-256 and HMAC over numbers. Vim's own sha256() takes text, in which the NULs of a key's block are lost.

const MASK = 0xffffffff

# The first primes' cube and square roots (FIPS 180-4, 4.2.2 and 5.3.3): 32 bits behind the point.
def Primes(count: number): list<number>
  var found: list<number> = []
  var candidate = 2
  while len(found) < count
    if indexof(found, (_, prime) => candidate % prime == 0) < 0
      add(found, candidate)
    endif
    candidate += 1
  endwhile
  return found
enddef

def Fraction(root: float): number
  return float2nr((root - floor(root)) * 4294967296.0)
enddef

const ROUNDS: list<number> = Primes(64)->mapnew((_, prime) => Fraction(pow(prime, 1.0 / 3.0)))
const START: list<number> = Primes(8)->mapnew((_, prime) => Fraction(sqrt(prime)))

def Turned(word: number, by: number): number
  return and(or(word >> by, word << (32 - by)), MASK)
enddef

def Schedule(block: list<number>): list<number>
  var words: list<number> = []
  for at in range(0, 63, 4)
    add(words, or(or(block[at] << 24, block[at + 1] << 16), or(block[at + 2] << 8, block[at + 3])))
  endfor
  for at in range(16, 63)
    var early = words[at - 15]
    var late = words[at - 2]
    var s0 = xor(xor(Turned(early, 7), Turned(early, 18)), early >> 3)
    var s1 = xor(xor(Turned(late, 17), Turned(late, 19)), late >> 10)
    add(words, and(words[at - 16] + s0 + words[at - 7] + s1, MASK))
  endfor
  return words
enddef

def Compressed(state: list<number>, block: list<number>): list<number>
  var words = Schedule(block)
  var [a, b, c, d, e, f, g, h] = state
  for at in range(64)
    var s1 = xor(xor(Turned(e, 6), Turned(e, 11)), Turned(e, 25))
    var choice = xor(and(e, f), and(xor(e, MASK), g))
    var first = h + s1 + choice + ROUNDS[at] + words[at]
    var s0 = xor(xor(Turned(a, 2), Turned(a, 13)), Turned(a, 22))
    var majority = xor(xor(and(a, b), and(a, c)), and(b, c))
    h = g
    g = f
    f = e
    e = and(d + first, MASK)
    d = c
    c = b
    b = a
    a = and(first + s0 + majority, MASK)
  endfor
  return [a, b, c, d, e, f, g, h]->mapnew((at, word) => and(word + state[at], MASK))
enddef

def Bytes(number: number, count: number): list<number>
  var bytes: list<number> = []
  for at in range(count)
    var shift = 8 * (count - 1 - at)
    add(bytes, and(number >> shift, 255))
  endfor
  return bytes
enddef

# Give the digest's 32 bytes of a list of bytes.
export def Digest(bytes: list<number>): list<number>
  var zeros = (119 - len(bytes) % 64) % 64
  var padded = bytes + [128] + repeat([0], zeros) + Bytes(len(bytes) * 8, 8)
  var state = copy(START)
  for at in range(0, len(padded) - 1, 64)
    state = Compressed(state, padded[at : at + 63])
  endfor
  return state->mapnew((_, word) => Bytes(word, 4))->flattennew()
enddef

export def Hex(bytes: list<number>): string
  return bytes->mapnew((_, byte) => printf('%02x', byte))->join('')
enddef

export def TextBytes(text: string): list<number>
  # Byte by byte: str2blob() came later than Vim 9.0.
  return range(strlen(text))->mapnew((_, at) => char2nr(strpart(text, at, 1), false) % 256)
enddef

# Give the hex HMAC (RFC 2104) of bytes.
export def Hmac(key: list<number>, message: list<number>): string
  var block = len(key) > 64 ? Digest(key) : copy(key)
  block += repeat([0], 64 - len(block))
  var inner = Digest(block->mapnew((_, byte) => xor(byte, 0x36)) + message)
  return Hex(Digest(block->mapnew((_, byte) => xor(byte, 0x5c)) + inner))
enddef
