-- Give a place back (where a number is given) and leave the line (where none is), and call who is next.
-- KEYS held tasks line seen   ARGV kernel owner number limit lane channel
local t = now()
local me = ARGV[1] .. ' ' .. ARGV[2]
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[3], me)
  redis.call('ZREM', KEYS[4], me)
else
  redis.call('ZREM', KEYS[1], ARGV[3] .. ' ' .. me)
  redis.call('HDEL', KEYS[2], ARGV[3] .. ' ' .. me)
end
call(ARGV[6], ARGV[5], tonumber(ARGV[4]), KEYS[1], KEYS[3], t)
return 1
