-- Note what the answer to a create says of the pace: a pause and slowness, or how late it came.
-- KEYS pace   ARGV milliseconds to hold creates back, pause, slowness, milliseconds late, gap, keep
local t = now()
local next = tonumber(redis.call('HGET', KEYS[1], 'next') or '0')
local later = math.min(next + tonumber(ARGV[4]), t + tonumber(ARGV[5]) * tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'pause', ARGV[2], 'slowness', ARGV[3], 'next', math.max(next, later))
if tonumber(ARGV[1]) > 0 then
  redis.call('HSET', KEYS[1], 'until', t + tonumber(ARGV[1]))
end
last(tonumber(ARGV[6]), KEYS[1])
return 1
