-- Note that the call of a row goes out now: what was put aside for it counts until it is closed, whoever is gone.
-- KEYS open unsent   ARGV machine row   Returns 1, or 0 where it was put aside for nobody any more: nothing may be sent
local field = ARGV[1] .. ' ' .. ARGV[2]
if redis.call('HEXISTS', KEYS[1], field) == 0 then
  return 0
end
redis.call('ZREM', KEYS[2], field)
return 1
