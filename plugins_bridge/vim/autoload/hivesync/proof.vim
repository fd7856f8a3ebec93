vim9script
# The question that a listener must answer before it sees the token.

import autoload './hashing.vim'

# Tell whether the claim is the token's proof for this nonce, in constant time.
export def Holds(token: string, nonce: string, claim: any): bool
  var expected = hashing.Hmac(hashing.TextBytes(token), hashing.TextBytes(nonce))
  if type(claim) != v:t_string || strlen(claim) != strlen(expected)
    return false
  endif
  var difference = 0
  for at in range(strlen(expected))
    difference = or(difference, xor(char2nr(expected[at]), char2nr(claim[at])))
  endfor
  return difference == 0
enddef
