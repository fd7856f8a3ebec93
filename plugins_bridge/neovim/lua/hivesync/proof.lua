--- The question that a listener must answer before it sees the token.
local sha256 = require("hivesync.sha256")
local uv = vim.uv or vim.loop

local M = {}

--- Give 64 hex digits that nobody can foresee.
function M.nonce()
  return sha256.hex(assert(uv.random(32)))
end

--- Tell whether the claim is the token's proof for this nonce, in constant time.
function M.holds(token, nonce, claim)
  local expected = sha256.hmac(token, nonce)
  if type(claim) ~= "string" or #claim ~= #expected then
    return false
  end
  local difference = 0
  for index = 1, #expected do
    difference = bit.bor(difference, bit.bxor(expected:byte(index), claim:byte(index)))
  end
  return difference == 0
end

return M
