-- Reserve the moment of the next query. KEYS reads   ARGV gap longest keep (milliseconds); returns milliseconds to wait
local t = now()
local next = tonumber(redis.call('GET', KEYS[1]) or '0')
local due = math.max(math.min(next, t + tonumber(ARGV[2])), t)
redis.call('SET', KEYS[1], due + tonumber(ARGV[1]), 'PX', ARGV[3])
return math.ceil(due - t)
