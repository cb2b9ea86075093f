-- Note what the answer to a create says of the pace: a pause and slowness, or how late it may have reached the service.
-- KEYS pace sent   ARGV milliseconds to hold creates back, pause, slowness, milliseconds late, keep
local t = now()
redis.call('HSET', KEYS[1], 'pause', ARGV[2], 'slowness', ARGV[3])
if tonumber(ARGV[1]) > 0 then
  redis.call('HSET', KEYS[1], 'until', t + tonumber(ARGV[1]))
end
local newest = redis.call('LINDEX', KEYS[2], 0)
if newest then
  redis.call('LSET', KEYS[2], 0, math.min(tonumber(newest) + tonumber(ARGV[4]), math.max(tonumber(newest), t)))
end
last(tonumber(ARGV[5]), KEYS[1], KEYS[2])
return 1
