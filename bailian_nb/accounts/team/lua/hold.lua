-- Keep what is put aside for calls that are not sent yet: their process lives.
-- KEYS life open unsent   ARGV the life that they were told to, machine lasts keep, then the rows
-- Returns {1, those that nothing is put aside for any more}, or {0} where the server has forgotten what it was told
local t, answer = now(), {1}
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return {0}
end
for i = 5, #ARGV do
  local field = ARGV[2] .. ' ' .. ARGV[i]
  if redis.call('HEXISTS', KEYS[2], field) == 0 then
    answer[#answer + 1] = ARGV[i]
  elseif redis.call('ZSCORE', KEYS[3], field) then
    redis.call('ZADD', KEYS[3], t + tonumber(ARGV[3]), field)
  end
end
last(tonumber(ARGV[4]), KEYS[3])
return answer
