-- Say what a machine has spent by its journal and which of its calls are closed or open; a total never goes down.
-- With `all` '1' the open calls that it does not name are none of its own any more. Others' totals are told after the
-- server had forgotten them, and so are caps: '<when> <day> <month>', the newest holds.
-- KEYS life spend open caps unsent
-- ARGV machine name keep day month spent of the day, of the month, all, caps, owner, lasts, then three lists, each after
--      its length:
--      rows that are closed; rows that are open, values, and 1 where a call may be out, by threes; fields of the table
--      and totals, by twos
-- Returns {life, time, table, caps}
local t = now()
local id = life(KEYS[1], t, ARGV[2])
local machine, at = ARGV[1], 12
-- Who sets a cap from a machine (caps without all calls) is not who spends there.
redis.call(ARGV[8] == '0' and ARGV[9] ~= '' and 'HSETNX' or 'HSET', KEYS[1], 'owner:' .. machine, ARGV[10])
local function most(field, amount)
  if tonumber(amount) > tonumber(redis.call('HGET', KEYS[2], field) or '-1') then
    redis.call('HSET', KEYS[2], field, amount)
  end
end
most('d' .. ARGV[4] .. ' ' .. machine, ARGV[6])
most('m' .. ARGV[5] .. ' ' .. machine, ARGV[7])
for i = at + 1, at + tonumber(ARGV[at]) do
  redis.call('HDEL', KEYS[3], machine .. ' ' .. ARGV[i])
  redis.call('ZREM', KEYS[5], machine .. ' ' .. ARGV[i])
end
at = at + tonumber(ARGV[at]) + 1
local named = {}
for i = at + 1, at + 3 * tonumber(ARGV[at]), 3 do
  local field, value = machine .. ' ' .. ARGV[i], ARGV[i + 1]
  named[field] = true
  if value ~= '' then -- else it is not put aside yet, or another process of the machine has done so
    local new = redis.call('HSETNX', KEYS[3], field, value) == 1
    if ARGV[i + 2] == '1' then
      redis.call('ZREM', KEYS[5], field)
    elseif new then
      redis.call('ZADD', KEYS[5], t + tonumber(ARGV[11]), field)
    end
  end
end
at = at + 3 * tonumber(ARGV[at]) + 1
if ARGV[8] == '1' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
    if string.sub(field, 1, #machine + 1) == machine .. ' ' and not named[field] then
      redis.call('HDEL', KEYS[3], field)
      redis.call('ZREM', KEYS[5], field)
    end
  end
end
for i = at + 1, at + 2 * tonumber(ARGV[at]), 2 do
  most(ARGV[i], ARGV[i + 1])
end
local when, of_day, of_month = string.match(ARGV[9], '^(%d+) (%S+) (%S+)$')
if when and tonumber(when) > tonumber(redis.call('HGET', KEYS[4], 'at') or '-1') then
  redis.call('HSET', KEYS[4], 'at', when, 'day', of_day, 'month', of_month)
end
last(tonumber(ARGV[3]), KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
local day, month = calendar(t)
local caps = as_table(KEYS[4])
local said = ''
if caps.at then
  said = caps.at .. ' ' .. (caps.day or '-') .. ' ' .. (caps.month or '-')
end
return {id, t, spent(KEYS[2], day, month).table, said}
