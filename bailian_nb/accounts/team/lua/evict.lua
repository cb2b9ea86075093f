-- Give back late places of a kernel or an owner by an operator's word, all of its places with `force`.
-- KEYS held tasks line   ARGV who force lane limit channel   Returns how many were given back
local t, freed = now(), 0
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  local kernel, owner = holder(all[i])
  local late = tonumber(all[i + 1]) <= t
  if (kernel == ARGV[1] or owner == ARGV[1]) and (late or ARGV[2] == '1') then
    redis.call('ZREM', KEYS[1], all[i])
    redis.call('HDEL', KEYS[2], all[i])
    freed = freed + 1
  end
end
call(ARGV[5], ARGV[3], tonumber(ARGV[4]), KEYS[1], KEYS[3], t)
return freed
