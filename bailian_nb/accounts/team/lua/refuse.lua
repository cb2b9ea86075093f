-- Note that the service lets no task wait. KEYS life   ARGV lane milliseconds name keep
local t = now()
life(KEYS[1], t, ARGV[3])
redis.call('HSET', KEYS[1], 'noahead:' .. ARGV[1], t + tonumber(ARGV[2]))
last(tonumber(ARGV[4]), KEYS[1])
return 1
