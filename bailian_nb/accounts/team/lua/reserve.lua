-- Put money aside for one call, unless that would pass a cap.
-- It is free again where its process is not heard of in time before the call goes out (see `spend`), not after that.
-- KEYS life spend open caps unsent
-- ARGV machine row millionths (-1: no page gives a price) cap of the day, of the month ('': none) grace name keep lasts
-- Returns {what, life, time, day, month, cap, its name, spent, on its way, table}: what is 1 done, 0 refused, 2 not yet
local t = now()
local id, born = life(KEYS[1], t, ARGV[7])
local day, month = calendar(t)
local field, amount = ARGV[1] .. ' ' .. ARGV[2], tonumber(ARGV[3])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', t)) do
  redis.call('HDEL', KEYS[3], gone)
  redis.call('ZREM', KEYS[5], gone)
end
local told = as_table(KEYS[4])
local so_far = spent(KEYS[2], day, month)
local way = reserved(KEYS[3], day, month, {[field] = true})
local caps = {
  {'day', tonumber(ARGV[4]), tonumber(told.day)},
  {'month', tonumber(ARGV[5]), tonumber(told.month)},
}
local capped = false
for _, cap in ipairs(caps) do
  local name, least = cap[1], math.min(cap[2] or math.huge, cap[3] or math.huge)
  if least < math.huge then
    capped = true
    if amount < 0 or so_far[name] + way[name] + amount > least then
      return {0, id, t, day, month, tostring(least), name, tostring(so_far[name]), tostring(way[name]), so_far.table}
    end
  end
end
if t < born + tonumber(ARGV[6]) then
  return {2, id, t, day, month, '0', '', '0', '0', so_far.table}
end
if redis.call('HEXISTS', KEYS[3], field) == 0 or redis.call('ZSCORE', KEYS[5], field) then
  redis.call('ZADD', KEYS[5], t + tonumber(ARGV[9]), field)
end
redis.call('HSET', KEYS[3], field, string.format('%.0f %d %d', math.max(amount, 0), day, month))
last(tonumber(ARGV[8]), KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
return {1, id, t, day, month, '0', '', '0', '0', so_far.table}
