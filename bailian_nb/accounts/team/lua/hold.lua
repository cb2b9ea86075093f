-- Keep what is put aside for calls that are not sent yet: their process lives.
-- KEYS unsent   ARGV machine lasts keep, then the rows
local t = now()
for i = 4, #ARGV do
  redis.call('ZADD', KEYS[1], 'XX', t + tonumber(ARGV[2]), ARGV[1] .. ' ' .. ARGV[i])
end
last(tonumber(ARGV[3]), KEYS[1])
return 1
