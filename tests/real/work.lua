-- SPDX-License-Identifier: MIT
-- A Lua program for real.py: tables, strings, coroutines. Prints the same at
-- every run.
local seed = 11
local function number(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return (seed >> 8) % n
end

local keys, store = {}, {}
for i = 1, 60000 do
  local key = string.rep(string.char(97 + number(26)), 1 + number(20)) .. number(5000)
  if not store[key] then keys[#keys + 1] = key end
  store[key] = { i, key:upper(), number(100) }
  if i % 7 == 0 then store[keys[1 + number(#keys)]] = { 0, "", 0 } end
end
table.sort(keys)
local sum, parts = 0, {}
for i, key in ipairs(keys) do
  local value = store[key]
  sum = (sum * 31 + value[1] + #value[2] + value[3]) % 1000000007
  if i % 100 == 0 then parts[#parts + 1] = key:gsub("%d", "#") end
end
print(#keys, sum, #table.concat(parts, "|"))

local function permutations(list, n)
  if n <= 1 then coroutine.yield(table.concat(list)) end
  for i = 1, n do
    list[n], list[i] = list[i], list[n]
    permutations(list, n - 1)
    list[n], list[i] = list[i], list[n]
  end
end
local count, last = 0, nil
for text in coroutine.wrap(function() permutations({ "a", "b", "c", "d", "e", "f", "g", "h" }, 8) end) do
  count, last = count + 1, text
end
print(count, last)
local text = ""
for i = 1, 3000 do text = text .. i .. "," end
print(#text)
