--- SHA-256 and HMAC over bytes. Neovim's own sha256() takes text: a NUL in a key's block would be lost.
local bit = require("bit")
local band, bnot, bxor, rshift, ror, tobit = bit.band, bit.bnot, bit.bxor, bit.rshift, bit.ror, bit.tobit

local M = {}

--- The first 32 bits of the fractional parts of a root (FIPS 180-4, 4.2.2 and 5.3.3).
local function fraction(root)
  return tobit(math.floor((root % 1) * 2 ^ 32))
end

local function primes(count)
  local found, candidate = {}, 2
  while #found < count do
    local is_prime = true
    for _, prime in ipairs(found) do
      if candidate % prime == 0 then
        is_prime = false
        break
      end
    end
    if is_prime then
      found[#found + 1] = candidate
    end
    candidate = candidate + 1
  end
  return found
end

local ROUNDS, START = {}, {}
for index, prime in ipairs(primes(64)) do
  ROUNDS[index] = fraction(prime ^ (1 / 3))
  if index <= 8 then
    START[index] = fraction(prime ^ 0.5)
  end
end

local function word(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return bit.bor(bit.lshift(a, 24), bit.lshift(b, 16), bit.lshift(c, 8), d)
end

local function bytes(number)
  return string.char(
    band(rshift(number, 24), 255),
    band(rshift(number, 16), 255),
    band(rshift(number, 8), 255),
    band(number, 255)
  )
end

local function padded(text)
  local zeros = (55 - #text) % 64
  local bits = #text * 8
  return text .. "\128" .. ("\0"):rep(zeros) .. bytes(math.floor(bits / 2 ^ 32)) .. bytes(bits % 2 ^ 32)
end

local function schedule(text, at)
  local words = {}
  for index = 1, 16 do
    words[index] = word(text, at + (index - 1) * 4)
  end
  for index = 17, 64 do
    local early, late = words[index - 15], words[index - 2]
    local s0 = bxor(ror(early, 7), ror(early, 18), rshift(early, 3))
    local s1 = bxor(ror(late, 17), ror(late, 19), rshift(late, 10))
    words[index] = tobit(words[index - 16] + s0 + words[index - 7] + s1)
  end
  return words
end

local function compress(state, words)
  local a, b, c, d, e, f, g, h = unpack(state)
  for index = 1, 64 do
    local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
    local choice = bxor(band(e, f), band(bnot(e), g))
    local first = tobit(h + s1 + choice + ROUNDS[index] + words[index])
    local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
    local majority = bxor(band(a, b), band(a, c), band(b, c))
    h, g, f, e, d, c, b, a = g, f, e, tobit(d + first), c, b, a, tobit(first + s0 + majority)
  end
  for index, value in ipairs({ a, b, c, d, e, f, g, h }) do
    state[index] = tobit(state[index] + value)
  end
end

--- Give the 32 bytes of the digest.
function M.digest(text)
  local message, state = padded(text), { unpack(START) }
  for at = 1, #message, 64 do
    compress(state, schedule(message, at))
  end
  local parts = {}
  for index, value in ipairs(state) do
    parts[index] = bytes(value)
  end
  return table.concat(parts)
end

local function masked(key, mask)
  return (key:gsub(".", function(character)
    return string.char(bxor(character:byte(), mask))
  end))
end

function M.hex(text)
  return (text:gsub(".", function(character)
    return ("%02x"):format(character:byte())
  end))
end

--- Give the hex HMAC (RFC 2104).
function M.hmac(key, message)
  if #key > 64 then
    key = M.digest(key)
  end
  key = key .. ("\0"):rep(64 - #key)
  local inner = M.digest(masked(key, 0x36) .. message)
  return M.hex(M.digest(masked(key, 0x5c) .. inner))
end

return M
