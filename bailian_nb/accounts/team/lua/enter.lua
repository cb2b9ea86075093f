-- Take a place when it is this kernel's turn, else keep its turn and say whom it waits for.
-- KEYS life held tasks line seen tickets
-- ARGV kernel owner number limit ttl grace patience listing name keep lane ahead
-- Returns {granted, life, before, elsewhere, late, milliseconds until places are handed out, whether to ask the service,
--          milliseconds for which no task is sent ahead}
local t = now()
local kernel, owner = ARGV[1], ARGV[2]
local limit, ttl, grace, patience = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local me, lease = kernel .. ' ' .. owner, ARGV[3] .. ' ' .. kernel .. ' ' .. owner
local id, born = life(KEYS[1], t, ARGV[9])
local places_at_most, refused = room(KEYS[1], ARGV[11], limit, tonumber(ARGV[12]), t)
last(tonumber(ARGV[10]), KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])

if redis.call('ZSCORE', KEYS[2], lease) then
  redis.call('ZADD', KEYS[2], t + ttl, lease)
  return {1, id, 0, 0, 0, 0, 0, refused}
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', t - patience)) do
  redis.call('ZREM', KEYS[4], gone)
  redis.call('ZREM', KEYS[5], gone)
end
if not redis.call('ZSCORE', KEYS[4], me) then
  redis.call('HSET', KEYS[1], 'limit:' .. ARGV[11], limit)
  redis.call('ZADD', KEYS[4], redis.call('INCR', KEYS[6]), me)
end
redis.call('ZADD', KEYS[5], t, me)

if ARGV[8] == '' then -- no task stands for these: who has not been heard of sends nothing by its place (see beat)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', t)
end
local places = count(KEYS[2], t)
local elsewhere = places.total - (places.kernels[kernel] or 0)
local before = 0
for i, each in ipairs(queue(KEYS[4], places)) do
  if each.name == me then
    before = i - 1
  end
end
local cold = math.max(born + grace - t, 0)
local unlisted = 0
if ARGV[8] ~= '' and redis.call('HEXISTS', KEYS[1], ARGV[8]) == 0 and t < born + grace + patience then
  unlisted = 1
end
if cold == 0 and unlisted == 0 and before < places_at_most - places.total then
  redis.call('ZADD', KEYS[2], t + ttl, lease)
  redis.call('ZREM', KEYS[4], me)
  redis.call('ZREM', KEYS[5], me)
  last(tonumber(ARGV[10]), KEYS[2])
  return {1, id, 0, 0, 0, 0, 0, refused}
end
return {0, id, before, elsewhere, places.late, cold, unlisted, refused}
